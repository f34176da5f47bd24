import AWSDoor
import JSON

/// The patterns of IAM's model.
extension Constraints.Pattern {
  /// Names of roles and policies.
  static let name = make(#"[\w+=,.@-]+"#, isEmptyFine: false) {
    isWord($0) || "+=,.@-".unicodeScalars.contains($0)
  }
  /// Text of a policy document.
  static let document = make(#"[\u0009\u000A\u000D\u0020-\u00FF]+"#, isEmptyFine: false) {
    [0x09, 0x0A, 0x0D].contains($0.value) || 0x20...0xFF ~= $0.value
  }
  /// A role's description.
  static let description = make(
    #"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"#
  ) {
    [0x09, 0x0A, 0x0D].contains($0.value) || 0x20...0x7E ~= $0.value
      || 0xA1...0xFF ~= $0.value
  }
  /// The position a list goes on from.
  static let marker = make(#"[\u0020-\u00FF]+"#, isEmptyFine: false) {
    0x20...0xFF ~= $0.value
  }
  /// A path: `/`, or `/` around characters that print.
  static let path = Constraints.Pattern(
    text: #"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"#
  ) { text in
    text.bytes == "/"
      || text.utf8.count > 2 && text.bytes.hasPrefix("/") && text.bytes.hasSuffix("/")
        && text.unicodeScalars.allSatisfy { 0x21...0x7E ~= $0.value }
  }
  /// The beginning of a path.
  static let pathPrefix = Constraints.Pattern(text: #"\u002F[\u0021-\u007F]*"#) { text in
    text.bytes.hasPrefix("/") && text.unicodeScalars.allSatisfy { 0x21...0x7F ~= $0.value }
  }
}

/// IAM's limits that several operations share.
extension Constraints {
  /// `RoleName`.
  mutating func roleName(_ value: String?) {
    text("roleName", value, isRequired: true, length: 1...64, pattern: .name)
  }

  /// `PolicyName`.
  mutating func policyName(_ value: String?) {
    text("policyName", value, isRequired: true, length: 1...128, pattern: .name)
  }

  /// A policy document.
  mutating func document(_ member: String, _ value: String?) {
    text(member, value, isRequired: true, length: 1...131_072, pattern: .document)
  }
}
