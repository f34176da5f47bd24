import JSON

/// A kind that is created and answered at once, never stored.
struct ReviewKind: Sendable {
  let group: String
  let version: String
  let kind: String

  /// `tokenreview`.
  var singular: String { kind.bytes.asciiLowercased.string }
  /// The plural name, as paths have it.
  var name: String { "\(singular)s" }

  /// All of them.
  static let all = [
    ReviewKind(group: "authentication.k8s.io", version: "v1", kind: "SelfSubjectReview"),
    ReviewKind(group: "authentication.k8s.io", version: "v1", kind: "TokenReview"),
    // kubectl before 1.28 asks for no later version of this review.
    ReviewKind(group: "authentication.k8s.io", version: "v1beta1", kind: "SelfSubjectReview"),
    ReviewKind(group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectAccessReview"),
    ReviewKind(group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectRulesReview"),
    ReviewKind(group: "authorization.k8s.io", version: "v1", kind: "SubjectAccessReview"),
  ]

  /// Those of a group's version.
  static func all(group: String, version: String) -> [ReviewKind] {
    all.filter { $0.group.bytes == group.bytes && $0.version.bytes == version.bytes }
  }
}
