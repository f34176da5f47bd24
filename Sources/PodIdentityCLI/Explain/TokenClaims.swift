import JSON
import Platform

/// The claims of a token, unverified.
enum TokenClaims {
  /// The claims; nil where the text is no token.
  static func of(_ token: String) -> JSON? {
    let parts = token.split(separator: ".")
    guard parts.count == 3, let bytes = Base64.decodeURL(String(parts[1])) else { return nil }
    return try? JSON.parse(bytes)
  }
}
