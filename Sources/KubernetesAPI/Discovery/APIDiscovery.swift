import HTTP
import JSON

/// What the server has, as clients ask for it first: groups, versions, resources.
struct APIDiscovery: Sendable {
  /// The groups beside the core one with their versions, in order: those of reviews, then those of
  /// stored kinds.
  private static let groups: [(name: String, versions: [String])] = {
    var groups: [(name: String, versions: [String])] = []
    let all =
      ReviewKind.all.map { ($0.group, $0.version) }
      + ResourceKind.all.filter { !$0.group.isEmpty }.map { ($0.group, $0.version) }
    for (name, version) in all {
      if let index = groups.firstIndex(where: { $0.name.bytes == name.bytes }) {
        guard !groups[index].versions.contains(where: { $0.bytes == version.bytes }) else {
          continue
        }
        groups[index].versions.append(version)
      } else {
        groups.append((name, [version]))
      }
    }
    return groups
  }()

  /// `1.36`.
  let version: String
  /// `127.0.0.1:4576`.
  let serverAddress: String

  /// The document at a path; nil where there is none.
  func document(at path: String) -> JSON? {
    switch path.bytes {
    case "/version": versionDocument
    case "/": ["paths": .strings(paths)]
    case "/api":
      [
        "kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [
          ["clientCIDR": "0.0.0.0/0", "serverAddress": .string(serverAddress)]
        ],
      ]
    case "/api/v1": Self.resources(group: "", version: "v1")
    case "/apis":
      [
        "kind": "APIGroupList", "apiVersion": "v1",
        "groups": .array(Self.groups.map { .object(Self.group($0.name, $0.versions)) }),
      ]
    default: groupDocument(at: path)
    }
  }

  private func groupDocument(at path: String) -> JSON? {
    for (name, versions) in Self.groups {
      if path.bytes == "/apis/\(name)" {
        var object: JSONObject = ["kind": "APIGroup", "apiVersion": "v1"]
        for (name, value) in Self.group(name, versions) { object[name] = value }
        return .object(object)
      }
      for version in versions where path.bytes == "/apis/\(name)/\(version)" {
        return Self.resources(group: name, version: version)
      }
    }
    return nil
  }

  private var paths: [String] {
    ["/.well-known/openid-configuration", "/api", "/api/v1", "/apis", "/apis/"]
      + Self.groups.map { "/apis/\($0.name)" }
      + Self.groups.flatMap { group in group.versions.map { "/apis/\(group.name)/\($0)" } }
      + [
        "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/openapi/v3/", "/openid/v1/jwks",
        "/readyz",
        "/version",
      ]
  }

  private var versionDocument: JSON {
    let parts = version.bytes.split(separator: ".").map(String.init)
    return [
      "major": .string(parts.first ?? "1"), "minor": .string(parts.last ?? "33"),
      "gitVersion": .string("v\(version).0-eks-podid"), "gitCommit": "0", "gitTreeState": "clean",
      "buildDate": "2026-01-01T00:00:00Z", "goVersion": "go1.24", "compiler": "gc",
      "platform": "linux/amd64",
    ]
  }

  private static func group(_ name: String, _ versions: [String]) -> JSONObject {
    let versions: [JSON] = versions.map {
      ["groupVersion": .string("\(name)/\($0)"), "version": .string($0)]
    }
    return [
      "name": .string(name), "versions": .array(versions), "preferredVersion": versions[0],
    ]
  }

  /// The resources of a group's version, by name.
  private static func resources(group: String, version: String) -> JSON {
    var resources: [JSON] = []
    for kind in ResourceKind.all
    where kind.group.bytes == group.bytes && kind.version.bytes == version.bytes {
      resources += Self.resources(of: kind)
    }
    resources += ReviewKind.all(group: group, version: version).map {
      [
        "name": .string($0.name), "singularName": .string($0.singular), "namespaced": false,
        "kind": .string($0.kind), "verbs": ["create"],
      ]
    }
    var list: JSONObject = ["kind": "APIResourceList"]
    // Upstream's list of the core group has none.
    if !group.isEmpty { list["apiVersion"] = "v1" }
    list["groupVersion"] = .string(group.isEmpty ? version : "\(group)/\(version)")
    list["resources"] = .array(
      resources.sorted { ($0["name"]?.string ?? "").bytes < ($1["name"]?.string ?? "").bytes })
    return .object(list)
  }

  /// A kind's resource and its subresources.
  private static func resources(of kind: ResourceKind) -> [JSON] {
    var object: JSONObject = [
      "name": .string(kind.name), "singularName": .string(kind.singular),
      "namespaced": .bool(kind.isNamespaced), "kind": .string(kind.kind),
      "verbs": .strings(kind.verbs),
    ]
    if !kind.shortNames.isEmpty { object["shortNames"] = .strings(kind.shortNames) }
    if !kind.categories.isEmpty { object["categories"] = .strings(kind.categories) }
    var resources: [JSON] = [.object(object)]
    if kind.hasStatus {
      resources.append([
        "name": .string("\(kind.name)/status"), "singularName": "",
        "namespaced": .bool(kind.isNamespaced), "kind": .string(kind.kind),
        "verbs": ["get", "patch", "update"],
      ])
    }
    if kind.subresources.contains(.token) {
      resources.append([
        "name": .string("\(kind.name)/token"), "singularName": "", "namespaced": true,
        "group": "authentication.k8s.io", "version": "v1", "kind": "TokenRequest",
        "verbs": ["create"],
      ])
    }
    return resources
  }
}
