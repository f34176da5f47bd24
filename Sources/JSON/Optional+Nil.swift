/// `text == nil` without the comparison of the texts that Swift's own operator for optionals brings
/// along, so that no object file that asks for it names `String`'s `==`.
extension String? {
  @_transparent package static func == (left: Self, _: _OptionalNilComparisonType) -> Bool {
    if case .none = left { true } else { false }
  }

  @_transparent package static func != (left: Self, _: _OptionalNilComparisonType) -> Bool {
    if case .none = left { false } else { true }
  }
}
