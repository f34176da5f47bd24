import HTTP
import JSON

/// What the server has, as clients ask for it first: groups, versions, resources.
struct APIDiscovery: Sendable {
  /// Groups beside the core one, with what can be created in them.
  private struct Group {
    let name: String
    var version = "v1"
    let resources: [(name: String, singular: String, kind: String)]
  }
  private static let groups = [
    Group(
      name: "authentication.k8s.io",
      resources: [
        ("selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview"),
        ("tokenreviews", "tokenreview", "TokenReview"),
      ]),
    // kubectl before 1.28 asks for no later version of this review.
    Group(
      name: "authentication.k8s.io", version: "v1beta1",
      resources: [("selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview")]),
    Group(
      name: "authorization.k8s.io",
      resources: [
        ("selfsubjectaccessreviews", "selfsubjectaccessreview", "SelfSubjectAccessReview"),
        ("selfsubjectrulesreviews", "selfsubjectrulesreview", "SelfSubjectRulesReview"),
        ("subjectaccessreviews", "subjectaccessreview", "SubjectAccessReview"),
      ]),
  ]

  private static let names = ["authentication.k8s.io", "authorization.k8s.io"]

  /// `1.33`.
  let version: String
  /// `127.0.0.1:4576`.
  let serverAddress: String

  /// The document at a path; nil where there is none.
  func document(at path: String) -> JSON? {
    switch path {
    case "/version": versionDocument
    case "/": ["paths": .strings(paths)]
    case "/api":
      [
        "kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [
          ["clientCIDR": "0.0.0.0/0", "serverAddress": .string(serverAddress)]
        ],
      ]
    case "/api/v1": coreResources
    case "/apis":
      [
        "kind": "APIGroupList", "apiVersion": "v1",
        "groups": .array(Self.names.map { .object(Self.group($0)) }),
      ]
    default: groupDocument(at: path)
    }
  }

  private func groupDocument(at path: String) -> JSON? {
    for group in Self.groups {
      if path == "/apis/\(group.name)" {
        var object: JSONObject = ["kind": "APIGroup", "apiVersion": "v1"]
        for (name, value) in Self.group(group.name) { object[name] = value }
        return .object(object)
      }
      if path == "/apis/\(group.name)/\(group.version)" {
        return [
          "kind": "APIResourceList", "apiVersion": "v1",
          "groupVersion": .string("\(group.name)/\(group.version)"),
          "resources": .array(
            group.resources.map {
              [
                "name": .string($0.name), "singularName": .string($0.singular),
                "namespaced": false, "kind": .string($0.kind), "verbs": ["create"],
              ]
            }),
        ]
      }
    }
    return nil
  }

  private var paths: [String] {
    ["/.well-known/openid-configuration", "/api", "/api/v1", "/apis", "/apis/"]
      + Self.names.map { "/apis/\($0)" } + Self.groups.map { "/apis/\($0.name)/\($0.version)" }
      + [
        "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/openapi/v3/", "/openid/v1/jwks",
        "/readyz",
        "/version",
      ]
  }

  private var versionDocument: JSON {
    let parts = version.split(separator: ".").map(String.init)
    return [
      "major": .string(parts.first ?? "1"), "minor": .string(parts.last ?? "33"),
      "gitVersion": .string("v\(version).0-eks-podid"), "gitCommit": "0", "gitTreeState": "clean",
      "buildDate": "2026-01-01T00:00:00Z", "goVersion": "go1.24", "compiler": "gc",
      "platform": "linux/amd64",
    ]
  }

  private static func group(_ name: String) -> JSONObject {
    let versions: [JSON] = groups.filter { $0.name == name }.map {
      ["groupVersion": .string("\(name)/\($0.version)"), "version": .string($0.version)]
    }
    return [
      "name": .string(name), "versions": .array(versions), "preferredVersion": versions[0],
    ]
  }

  private var coreResources: JSON {
    var resources: [JSON] = []
    for kind in ResourceKind.all {
      var object: JSONObject = [
        "name": .string(kind.name), "singularName": .string(kind.singular),
        "namespaced": .bool(kind.isNamespaced), "kind": .string(kind.kind),
        "verbs": .strings(kind.verbs),
      ]
      if !kind.shortNames.isEmpty { object["shortNames"] = .strings(kind.shortNames) }
      if !kind.categories.isEmpty { object["categories"] = .strings(kind.categories) }
      resources.append(.object(object))
      if kind.hasStatus {
        resources.append([
          "name": .string("\(kind.name)/status"), "singularName": "",
          "namespaced": .bool(kind.isNamespaced), "kind": .string(kind.kind),
          "verbs": ["get", "patch", "update"],
        ])
      }
    }
    resources.append([
      "name": "serviceaccounts/token", "singularName": "", "namespaced": true,
      "group": "authentication.k8s.io", "version": "v1", "kind": "TokenRequest",
      "verbs": ["create"],
    ])
    return [
      "kind": "APIResourceList", "groupVersion": "v1",
      "resources": .array(
        resources.sorted { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") }),
    ]
  }
}
