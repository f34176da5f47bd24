/// The patterns of the models; each must match the whole text.
extension Constraints.Pattern {
  /// Names of roles and policies.
  package static let name = make(#"[\w+=,.@-]+"#, isEmptyFine: false) {
    isWord($0) || "+=,.@-".unicodeScalars.contains($0)
  }
  /// Text of a policy document.
  package static let document = make(#"[\u0009\u000A\u000D\u0020-\u00FF]+"#, isEmptyFine: false) {
    [0x09, 0x0A, 0x0D].contains($0.value) || 0x20...0xFF ~= $0.value
  }
  /// A role's description.
  package static let description = make(
    #"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"#
  ) {
    [0x09, 0x0A, 0x0D].contains($0.value) || 0x20...0x7E ~= $0.value
      || 0xA1...0xFF ~= $0.value
  }
  /// The position a list goes on from.
  package static let marker = make(#"[\u0020-\u00FF]+"#, isEmptyFine: false) {
    0x20...0xFF ~= $0.value
  }
  /// A path: `/`, or `/` around characters that print.
  package static let path = Constraints.Pattern(
    text: #"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"#
  ) { text in
    text == "/"
      || text.count > 2 && text.hasPrefix("/") && text.hasSuffix("/")
        && text.unicodeScalars.allSatisfy { 0x21...0x7E ~= $0.value }
  }
  /// The beginning of a path.
  package static let pathPrefix = Constraints.Pattern(text: #"\u002F[\u0021-\u007F]*"#) { text in
    text.hasPrefix("/") && text.unicodeScalars.allSatisfy { 0x21...0x7F ~= $0.value }
  }
  /// A tag's key.
  package static let tagKey = make(#"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"#, isEmptyFine: false, isTag)
  /// A tag's value.
  package static let tagValue = make(#"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"#, isTag)
  /// A cluster's name, for EKS Auth.
  package static let clusterName = Constraints.Pattern(
    text: #"^[0-9A-Za-z][A-Za-z0-9\-_]*"#
  ) { text in
    guard let first = text.utf8.first, first != 0x2D, first != 0x5F else { return false }
    return text.unicodeScalars.allSatisfy { isWord($0) || $0 == "-" }
  }
  /// A compact JWT: three parts between dots.
  package static let jwt = Constraints.Pattern(
    text: #"^[A-Za-z0-9-_=]+\.[A-Za-z0-9-_=]+\.[A-Za-z0-9-_=]+$"#
  ) { text in
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 3
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.allSatisfy {
            0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0
              || $0 == 0x2D || $0 == 0x5F || $0 == 0x3D
          }
      }
  }

  private static func make(
    _ text: String, isEmptyFine: Bool = true,
    _ allows: @escaping @Sendable (Unicode.Scalar) -> Bool
  ) -> Constraints.Pattern {
    Constraints.Pattern(text: text) { value in
      (isEmptyFine || !value.isEmpty) && value.unicodeScalars.allSatisfy(allows)
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
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
