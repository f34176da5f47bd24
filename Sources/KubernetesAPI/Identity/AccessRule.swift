import JSON

/// One rule of what a user may do, in the shape of RBAC's policy rules; `*` means everything.
struct AccessRule: Sendable {
  var verbs: [String]
  var groups: [String] = []
  var resources: [String] = []
  var paths: [String] = []

  /// Whether the rule allows it; paths may end in `*`.
  func allows(_ access: AccessAttributes) -> Bool {
    switch access {
    case .resource(let access):
      Self.matches(verbs, access.verb) && Self.matches(groups, access.group)
        && Self.matches(resources, access.path)
    case .path(let verb, let path):
      Self.matches(verbs, verb)
        && paths.contains {
          $0.bytes.hasSuffix("*")
            ? path.bytes.hasPrefix($0.dropLast().bytes) : $0.bytes == path.bytes
        }
    }
  }

  private static func matches(_ allowed: [String], _ value: String) -> Bool {
    allowed.contains { $0.bytes == "*" || $0.bytes == value.bytes }
  }

  /// The rule in a SelfSubjectRulesReview's status.
  var json: JSON {
    paths.isEmpty
      ? [
        "verbs": .strings(verbs), "apiGroups": .strings(groups), "resources": .strings(resources),
      ]
      : ["verbs": .strings(verbs), "nonResourceURLs": .strings(paths)]
  }
}

extension AccessRule {
  /// Everything, for the administrator.
  static let everything = [
    AccessRule(verbs: ["*"], groups: ["*"], resources: ["*"]),
    AccessRule(verbs: ["*"], paths: ["*"]),
  ]

  /// What answers without a token: version, health and the OIDC documents.
  static let anonymous = [
    AccessRule(
      verbs: ["get"],
      paths: [
        "/healthz", "/livez", "/readyz", "/version", "/version/",
        "/.well-known/openid-configuration", "/openid/v1/jwks", "/keys",
      ])
  ]

  /// What every ServiceAccount may: discovery, and reviews of itself.
  static let authenticated =
    anonymous + [
      AccessRule(
        verbs: ["get"],
        paths: [
          "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*", "/healthz/*",
          "/livez/*", "/readyz/*", "/",
        ]),
      AccessRule(
        verbs: ["create"], groups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"]),
      AccessRule(
        verbs: ["create"], groups: ["authorization.k8s.io"],
        resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
    ]

  /// What node-agent needs besides; the kinds' ``NodeRules`` say of which objects.
  static let node =
    authenticated + ResourceKind.all.flatMap(\.nodeRules.access) + [
      AccessRule(
        verbs: ["create"], groups: ["authentication.k8s.io"], resources: ["tokenreviews"])
    ]
}
