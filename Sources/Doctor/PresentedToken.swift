import JSON

/// What a program sends as its token.
///
/// It is held in memory alone, and never shown.
struct PresentedToken: Sendable {
  /// How the token is put into the Authorization field.
  enum Form: Sendable, Hashable {
    /// The token itself.
    case raw
    /// `Bearer` in front.
    case bearer
    /// No field, or an empty one.
    case missing
    /// What is no token.
    case other
  }

  let form: Form
  /// The token without what is around it.
  let text: String

  /// Reads the values of the Authorization field.
  init(_ values: [String]) {
    let value = values.first ?? ""
    if values.count > 1 {
      (form, text) = (.other, "")
    } else if value.isEmpty {
      (form, text) = (.missing, "")
    } else if value.bytes.asciiLowercased.hasPrefix("bearer ") {
      let token = value.utf8.dropFirst(7).drop { $0 == UInt8(ascii: " ") }
      (form, text) = (.bearer, String(Substring(token)))
    } else {
      let parts = value.bytes.split(separator: ".", omittingEmptySubsequences: false)
      let isToken =
        parts.count == 3 && parts.allSatisfy { !$0.isEmpty }
        && value.utf8.allSatisfy { 0x21...0x7E ~= $0 }
      (form, text) = (isToken ? .raw : .other, value)
    }
  }
}
