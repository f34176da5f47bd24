package import IAMPolicy
package import Platform

/// A role with its trust and its inline policies, their documents read once.
package struct Role: Sendable {
  /// An inline policy.
  package struct Policy: Sendable {
    package let name: String
    /// The document as it was sent.
    package let text: String
    package let document: PolicyDocument
  }

  package let name: String
  /// `AROA` and 17 characters.
  package let id: String
  /// `/` or `/a/b/`.
  package let path: String
  package let arn: String
  /// The trust policy as it was sent.
  package let trustText: String
  package let trust: PolicyDocument
  package let description: String?
  package let maxSessionSeconds: Int
  package let tags: [ResourceTag]
  package let created: Instant
  /// By name.
  package let policies: [Policy]
}
