import HTTP
import JSON

/// The token in an Authorization field (RFC 6750 section 2.1).
enum BearerToken {
  /// What a request's Authorization field says.
  enum Credential: Sendable {
    /// No field, or one of another scheme, which upstream passes over too.
    case none
    case token(String)
    /// More than one field, which is refused.
    case ambiguous
  }

  /// Reads a request's fields.
  static func credential(of headers: HTTPHeaders) -> Credential {
    let values = headers.all("Authorization")
    guard let value = values.first else { return .none }
    guard values.count == 1 else { return .ambiguous }
    let parts = value.bytes.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, HTTPHeaders.equal(String(parts[0]), "Bearer") else { return .none }
    return .token(String(parts[1]))
  }
}
