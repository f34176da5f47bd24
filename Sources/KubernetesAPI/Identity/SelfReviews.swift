import JSON
import Platform

/// The review that says who is asking, `selfsubjectreviews` of `authentication.k8s.io`.
enum SelfSubjectReview {
  /// The review's answer.
  static func create(version: String, user: KubernetesUser, now: Instant) -> JSON {
    [
      "kind": "SelfSubjectReview", "apiVersion": .string("authentication.k8s.io/\(version)"),
      "metadata": ["creationTimestamp": .string(now.rfc3339)],
      "status": ["userInfo": user.json],
    ]
  }
}

/// The reviews of `authorization.k8s.io/v1`, which say what somebody may do.
struct AccessReviews: Sendable {
  private static let apiVersion: JSON = "authorization.k8s.io/v1"
  let authorizer: Authorizer

  /// SelfSubjectAccessReview, and SubjectAccessReview where `user` is nil: then the spec names whom
  /// it is about.
  func createAccessReview(_ body: JSON, user: KubernetesUser?) throws(StatusError) -> JSON {
    let kind = user == nil ? "SubjectAccessReview" : "SelfSubjectAccessReview"
    let spec = body["spec"] ?? [:]
    guard let access = AccessAttributes(reviewSpec: spec) else {
      throw .invalid(
        kind: kind, group: "authorization.k8s.io", name: "",
        .invalidValue(
          "spec.resourceAttributes", "null",
          "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
    }
    let subject = user ?? Self.subject(of: spec)
    let status: JSON =
      authorizer.allows(subject, access)
      ? [
        "allowed": true,
        "reason": .string("allowed by --authorization \(authorizer.mode.rawValue)"),
      ]
      : ["allowed": false]
    return [
      "kind": .string(kind), "apiVersion": Self.apiVersion,
      "metadata": ["creationTimestamp": .null], "spec": spec, "status": status,
    ]
  }

  /// SelfSubjectRulesReview.
  func createRulesReview(_ body: JSON, user: KubernetesUser) -> JSON {
    let rules = authorizer.rules(for: user)
    return [
      "kind": "SelfSubjectRulesReview", "apiVersion": Self.apiVersion,
      "metadata": ["creationTimestamp": .null], "spec": body["spec"] ?? [:],
      "status": [
        "resourceRules": .array(rules.filter(\.paths.isEmpty).map(\.json)),
        "nonResourceRules": .array(rules.filter { !$0.paths.isEmpty }.map(\.json)),
        "incomplete": false,
      ],
    ]
  }

  private static func subject(of spec: JSON) -> KubernetesUser {
    KubernetesUser(
      name: spec["user"]?.string ?? "", uid: spec["uid"]?.string ?? "",
      groups: spec["groups"]?.strings ?? [])
  }
}
