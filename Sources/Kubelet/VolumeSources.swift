package import JSON
package import KubernetesClient
import Platform

/// Why a pod's volume cannot be written, in one line.
package struct VolumeFailure: Error, CustomStringConvertible {
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
    private(set) var files: [VolumeFile] = []
    private(set) var size = 0
    /// How many bytes the files may have.
    let room: Int
    var expires: Instant?
    /// Whether what it is made of can change.
    var isLive = false

    /// A volume without files yet.
    init(room: Int) { self.room = room }

    /// Adds a file, if there is room for it.
    mutating func add(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(VolumeFailure) {
      size += bytes.count
      guard size <= room else { throw VolumeSources.tooLarge }
      files.append(VolumeFile(path: path, bytes: bytes, mode: mode))
    }
  }

  // Differs from AWS: a kubelet writes whatever a pod's volumes come to. A thousand files of one
  // annotation would be 250 MB, in memory and on the disk of a laptop.
  /// How many bytes the files of all mounts of a pod may have.
  static let limit = 16 << 20

  /// Why a pod's volumes are not written where they have more.
  static let tooLarge = VolumeFailure(
    description:
      "the pod's volumes have more than \(limit >> 20) MiB, the most that is written for "
      + "one pod")

  private var namespace: String { pod.at("metadata", "namespace")?.string ?? "" }

  /// The files of a volume, of at most `room` bytes; nil for kinds that are not written here.
  func content(of volume: JSON, room: Int) async throws(VolumeFailure) -> Content? {
    if let projected = volume["projected"] {
      var content = Content(room: room)
      let mode = Self.mode(projected["defaultMode"]) ?? 0o644
      for source in projected["sources"]?.array ?? [] {
        try await add(source, defaultMode: mode, to: &content)
      }
      return content
    }
    for kind in ["configMap", "secret", "downwardAPI"] {
      guard var source = volume[kind]?.object else { continue }
      // A secret volume names its secret differently than a projection does.
      if kind.bytes == "secret" { source["name"] = source["secretName"] }
      var content = Content(room: room)
      try await add(
        .object([kind: .object(source)]), defaultMode: Self.mode(source["defaultMode"]) ?? 0o644,
        to: &content)
      return content
    }
    return volume["emptyDir"] == nil ? nil : Content(room: room)
  }

  private func add(
    _ source: JSON, defaultMode: UInt32, to content: inout Content
  ) async throws(VolumeFailure) {
    if let source = source["serviceAccountToken"] {
      let token = try await requestToken(source)
      try content.add(
        source["path"]?.string ?? "token", Array(token.text.utf8), mode: defaultMode)
      content.expires = min(content.expires ?? token.expires, token.expires)
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
        try content.add(path, Array(value.utf8), mode: Self.mode(item["mode"]) ?? defaultMode)
      }
    }
  }

  /// Asks for a token that is bound to the pod.
  private func requestToken(_ source: JSON) async throws(VolumeFailure) -> PodToken {
    let audience = source["audience"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    do throws(KubernetesError) {
      return try await PodToken.request(
        for: pod, audience: audience, seconds: source["expirationSeconds"] ?? 3600, client)
    } catch {
      let account = pod.at("spec", "serviceAccountName")?.string ?? "default"
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
    let isSecret = resource.bytes == "secrets"
    var values: [ByteText: [UInt8]] = [:]
    for (key, value) in object["data"]?.object ?? [:] {
      let text = value.string ?? ""
      values[key.bytes] = isSecret ? Base64.decode(text) ?? [] : Array(text.utf8)
    }
    for (key, value) in object["binaryData"]?.object ?? [:] {
      values[key.bytes] = Base64.decode(value.string ?? "") ?? []
    }
    guard let items = source["items"]?.array, !items.isEmpty else {
      for (key, bytes) in values.sorted(by: { $0.key < $1.key }) {
        try content.add(key.string, bytes, mode: defaultMode)
      }
      return
    }
    for item in items {
      let key = item["key"]?.string ?? ""
      guard let bytes = values[key.bytes] else {
        if source["optional"] == true { continue }
        throw VolumeFailure(
          description: "\(resource) \"\(name)\" references non-existent config key: \(key)")
      }
      try content.add(
        item["path"]?.string ?? key, bytes, mode: Self.mode(item["mode"]) ?? defaultMode)
    }
  }

  private static func mode(_ json: JSON?) -> UInt32? {
    json?.integer.flatMap { 0...0o777 ~= $0 ? UInt32($0) : nil }
  }
}
