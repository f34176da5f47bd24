extension RawRepresentable where Self: CaseIterable, RawValue == String {
  /// The case whose raw value has these bytes; nil where there is none.
  ///
  /// `init(rawValue:)` compares as Swift's `String` does.
  package init?(named name: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue.bytes == name.bytes }) else {
      return nil
    }
    self = found
  }
}
