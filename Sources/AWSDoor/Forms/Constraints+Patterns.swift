import JSON

/// Patterns that several services' models have, and how others are made; each must match the whole text.
extension Constraints.Pattern {
  /// A tag's key.
  package static let tagKey = make(#"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"#, isEmptyFine: false, isTag)
  /// A tag's value.
  package static let tagValue = make(#"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"#, isTag)

  /// A pattern of characters that a function allows.
  package static func make(
    _ text: String, isEmptyFine: Bool = true,
    _ allows: @escaping @Sendable (Unicode.Scalar) -> Bool
  ) -> Constraints.Pattern {
    Constraints.Pattern(text: text) { value in
      (isEmptyFine || !value.isEmpty) && value.unicodeScalars.allSatisfy(allows)
    }
  }

  /// Whether a character is one of `\w`.
  package static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
    default: false
    }
  }

  private static func isTag(_ scalar: Unicode.Scalar) -> Bool {
    if "_.:/=+-@".unicodeScalars.contains(scalar) { return true }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .spaceSeparator, .lineSeparator, .paragraphSeparator, .decimalNumber, .letterNumber,
      .otherNumber:
      return true
    default: return false
    }
  }
}
