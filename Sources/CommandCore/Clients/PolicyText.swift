import HTTP
import JSON

/// Policy documents as IAM answers them: percent-encoded JSON.
enum PolicyText {
  /// The document.
  static func json(_ text: String) -> JSON? {
    PercentEncoding.decode(text).flatMap { try? JSON.parse($0) }
  }
}
