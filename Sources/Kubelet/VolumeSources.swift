package import JSON
package import KubernetesClient
import Platform

/// Why a pod's volume cannot be written, in one line.
package struct VolumeFailure: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String
}

/// Fetches what a volume of a pod consists of.
package struct VolumeSources: Sendable {
  let client: KubernetesClient
  let pod: JSON

  /// The sources of a pod's volumes.
  package init(client: KubernetesClient, pod: JSON) {
    self.client = client
    self.pod = pod
  }

  /// The files of a volume, and when its first token expires.
  struct Content: Sendable {
    var files: [VolumeFile] = []
    var expires: Instant?
    /// Whether what it is made of can change.
    var isLive = false
  }

  private var namespace: String { pod.at("metadata", "namespace")?.string ?? "" }

  /// The files of a volume; nil for kinds that have none here, such as `emptyDir`.
  func content(of volume: JSON) async throws(VolumeFailure) -> Content? {
    if let projected = volume["projected"] {
      var content = Content()
      let mode = Self.mode(projected["defaultMode"]) ?? 0o644
      for source in projected["sources"]?.array ?? [] {
        try await add(source, defaultMode: mode, to: &content)
      }
      return content
    }
    for kind in ["configMap", "secret", "downwardAPI"] {
      guard var source = volume[kind]?.object else { continue }
      // A secret volume names its secret differently than a projection does.
      if kind == "secret" { source["name"] = source["secretName"] }
      var content = Content()
      try await add(
        .object([kind: .object(source)]), defaultMode: Self.mode(source["defaultMode"]) ?? 0o644,
        to: &content)
      return content
    }
    return volume["emptyDir"] == nil ? nil : Content()
  }

  private func add(
    _ source: JSON, defaultMode: UInt32, to content: inout Content
  ) async throws(VolumeFailure) {
    if let token = source["serviceAccountToken"] {
      let (text, expires) = try await requestToken(token)
      content.files.append(
        VolumeFile(
          path: token["path"]?.string ?? "token", bytes: Array(text.utf8), mode: defaultMode))
      content.expires = min(content.expires ?? expires, expires)
    } else if let map = source["configMap"] {
      content.isLive = true
      try await add(
        map, resource: "configmaps", defaultMode: defaultMode, to: &content)
    } else if let secret = source["secret"] {
      content.isLive = true
      try await add(secret, resource: "secrets", defaultMode: defaultMode, to: &content)
    } else if let downward = source["downwardAPI"] {
      for item in downward["items"]?.array ?? [] {
        guard let path = item["path"]?.string, let field = item.at("fieldRef", "fieldPath")?.string,
          let value = PodFields.value(field, of: pod)
        else {
          throw VolumeFailure(
            description: "downwardAPI item \(item["path"]?.string ?? "") names no field of the pod")
        }
        content.files.append(
          VolumeFile(
            path: path, bytes: Array(value.utf8), mode: Self.mode(item["mode"]) ?? defaultMode))
      }
    }
  }

  /// Asks for a token that is bound to the pod.
  private func requestToken(_ source: JSON) async throws(VolumeFailure) -> (String, Instant) {
    let account = pod.at("spec", "serviceAccountName")?.string ?? "default"
    var spec: JSONObject = [
      "expirationSeconds": source["expirationSeconds"] ?? 3600,
      "boundObjectRef": [
        "kind": "Pod", "apiVersion": "v1", "name": pod.at("metadata", "name") ?? "",
        "uid": pod.at("metadata", "uid") ?? "",
      ],
    ]
    if let audience = source["audience"]?.string, !audience.isEmpty {
      spec["audiences"] = [.string(audience)]
    }
    let path = ObjectPath.core("serviceaccounts", in: namespace, account, "token")
    do throws(KubernetesError) {
      let answer = try await client.create(
        path,
        [
          "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
          "spec": .object(spec),
        ])
      guard let token = answer.at("status", "token")?.string,
        let expires = answer.at("status", "expirationTimestamp")?.string.flatMap({
          Instant(rfc3339: $0)
        })
      else { throw .unavailable("the answer holds no token") }
      return (token, expires)
    } catch {
      throw VolumeFailure(description: "no token for \(namespace)/\(account): \(error)")
    }
  }

  private func add(
    _ source: JSON, resource: String, defaultMode: UInt32, to content: inout Content
  ) async throws(VolumeFailure) {
    let name = source["name"]?.string ?? ""
    guard !name.isEmpty else {
      throw VolumeFailure(description: "a source of \(resource) has no name")
    }
    let object: JSON
    do throws(KubernetesError) {
      object = try await client.get(ObjectPath.core(resource, in: namespace, name))
    } catch {
      if error.code == 404, source["optional"] == true { return }
      throw VolumeFailure(description: "\(resource) \"\(name)\": \(error)")
    }
    let isSecret = resource == "secrets"
    var values: [String: [UInt8]] = [:]
    for (key, value) in object["data"]?.object ?? [:] {
      let text = value.string ?? ""
      values[key] = isSecret ? Base64.decode(text) ?? [] : Array(text.utf8)
    }
    for (key, value) in object["binaryData"]?.object ?? [:] {
      values[key] = Base64.decode(value.string ?? "") ?? []
    }
    guard let items = source["items"]?.array, !items.isEmpty else {
      for (key, bytes) in values.sorted(by: { $0.key < $1.key }) {
        content.files.append(VolumeFile(path: key, bytes: bytes, mode: defaultMode))
      }
      return
    }
    for item in items {
      let key = item["key"]?.string ?? ""
      guard let bytes = values[key] else {
        if source["optional"] == true { continue }
        throw VolumeFailure(
          description: "\(resource) \"\(name)\" references non-existent config key: \(key)")
      }
      content.files.append(
        VolumeFile(
          path: item["path"]?.string ?? key, bytes: bytes,
          mode: Self.mode(item["mode"]) ?? defaultMode))
    }
  }

  private static func mode(_ json: JSON?) -> UInt32? {
    json?.integer.flatMap { 0...0o777 ~= $0 ? UInt32($0) : nil }
  }
}
