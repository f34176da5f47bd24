import IAMPolicy
import JSON
import Platform

/// Policy documents as the database has them: each was checked when it was taken.
///
/// A later version's rules may be stricter. A document that they refuse does not keep the server from
/// starting; but nobody knows what it denies, so it denies everything until it is replaced.
struct StoredDocument {
  /// The role that has the document.
  let role: String
  let log: Log

  /// The trust policy of the role.
  func trust(_ text: String) -> PolicyDocument { read(text, .trust, "trust policy") }

  /// An inline policy of the role.
  func inline(_ text: String, name: String) -> PolicyDocument { read(text, .inline, name) }

  private func read(_ text: String, _ kind: PolicyDocument.Kind, _ name: String) -> PolicyDocument {
    do throws(PolicyDocumentError) {
      return try PolicyDocument(text: text, kind: kind, isStored: true)
    } catch {
      log.warning(
        "a stored policy cannot be read, and denies everything",
        ["role": .string(role), "policy": .string(name), "reason": .string(error.message)])
      return .denyingAll
    }
  }
}
