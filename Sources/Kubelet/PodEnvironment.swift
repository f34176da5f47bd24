package import JSON
package import KubernetesClient
import Platform

/// The environment of a pod's first container, as the kubelet makes it.
package struct PodEnvironment: Sendable {
  /// Why it cannot be made, in one line.
  package typealias Failure = VolumeFailure

  /// What all names and values may have together: more than Linux gives a process (execve(2), 6 MiB
  /// at most).
  static let byteLimit = 6 << 20

  /// Names and values in order; a later one wins over an earlier of the same name.
  package let variables: [(name: String, value: String)]

  /// Resolves `envFrom`, `env` with its references, and `$(NAME)`; values below a mount path are
  /// rewritten to the place of the files.
  package init(pod: JSON, mounts: PodMounts, client: KubernetesClient) async throws(Failure) {
    let container = pod.at("spec", "containers")?[0]
    let namespace = pod.at("metadata", "namespace")?.string ?? "default"
    var found: [(name: String, value: String)] = []
    var values: [ByteText: String] = [:]
    var size = 0
    func add(_ name: String, _ value: String?) throws(Failure) {
      size += name.utf8.count + (value?.utf8.count ?? Self.byteLimit)
      guard let value, size < Self.byteLimit else {
        throw Failure(description: "env has more than \(Self.byteLimit) bytes when it is expanded")
      }
      let place = mounts.rewritten(value)
      values[name.bytes] = place
      found.append((name, place))
    }
    var cache: [ByteText: JSON] = [:]
    for source in container?["envFrom"]?.array ?? [] {
      let prefix = source["prefix"]?.string ?? ""
      for (resource, member) in [("configmaps", "configMapRef"), ("secrets", "secretRef")] {
        guard let reference = source[member] else { continue }
        guard
          let object = try await Self.object(
            resource, reference, namespace: namespace, client: client, cache: &cache)
        else { continue }
        for (key, value) in object["data"]?.object ?? [:] {
          let text = Self.text(value, isSecret: resource.bytes == "secrets")
          try add(prefix + key, text)
        }
      }
    }
    for variable in container?["env"]?.array ?? [] {
      guard let name = variable["name"]?.string else { continue }
      var value: String? = variable["value"]?.string ?? ""
      if let from = variable["valueFrom"], !from.isNull {
        guard
          let resolved = try await Self.resolve(
            from, pod: pod, namespace: namespace, client: client, cache: &cache)
        else { continue }
        value = resolved
      } else {
        value = Self.expanded(value ?? "", values)
      }
      try add(name, value)
    }
    variables = found
  }

  private static func resolve(
    _ from: JSON, pod: JSON, namespace: String, client: KubernetesClient,
    cache: inout [ByteText: JSON]
  ) async throws(Failure) -> String? {
    if let field = from.at("fieldRef", "fieldPath")?.string {
      guard let value = PodFields.value(field, of: pod) else {
        throw Failure(description: "env names the field \(field), which a pod does not have")
      }
      return value
    }
    for (resource, member) in [("configmaps", "configMapKeyRef"), ("secrets", "secretKeyRef")] {
      guard let reference = from[member] else { continue }
      let key = reference["key"]?.string ?? ""
      guard
        let object = try await object(
          resource, reference, namespace: namespace, client: client, cache: &cache)
      else { return nil }
      if let value = object.at("data", key) {
        return text(value, isSecret: resource.bytes == "secrets")
      }
      if reference["optional"] == true { return nil }
      throw Failure(
        description:
          "couldn't find key \(key) in \(resource) \(namespace)/\(reference["name"]?.string ?? "")")
    }
    throw Failure(description: "env has a valueFrom of a kind that is not served here")
  }

  private static func object(
    _ resource: String, _ reference: JSON, namespace: String, client: KubernetesClient,
    cache: inout [ByteText: JSON]
  ) async throws(Failure) -> JSON? {
    guard let name = reference["name"]?.string, !name.isEmpty else {
      throw Failure(description: "a reference to \(resource) has no name")
    }
    let path = ObjectPath.core(resource, in: namespace, name)
    if let known = cache[path.bytes] { return known }
    do throws(KubernetesError) {
      let object = try await client.get(path)
      cache[path.bytes] = object
      return object
    } catch {
      if error.code == 404, reference["optional"] == true { return nil }
      throw Failure(description: "\(error)")
    }
  }

  private static func text(_ value: JSON, isSecret: Bool) -> String {
    let text = value.string ?? ""
    return isSecret ? String(decoding: Base64.decode(text) ?? [], as: UTF8.self) : text
  }

  /// `$(NAME)` becomes the value of a variable that comes before; `$$` is a plain `$`.
  ///
  /// By bytes, and in time linear in the text and the result; nil where the result is longer than
  /// `limit` bytes, as it may be where each variable has the one before it twice.
  static func expanded(
    _ text: String, _ values: [ByteText: String], limit: Int = byteLimit
  ) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.contains(UInt8(ascii: "$")) else { return bytes.count <= limit ? text : nil }
    let last = bytes.lastIndex(of: UInt8(ascii: ")")) ?? -1
    var result: [UInt8] = []
    var position = 0
    while position < bytes.count {
      guard result.count <= limit else { return nil }
      let next = position + 1 < bytes.count ? bytes[position + 1] : 0
      guard bytes[position] == UInt8(ascii: "$") else {
        result.append(bytes[position])
        position += 1
        continue
      }
      if next == UInt8(ascii: "$") {
        result.append(next)
        position += 2
      } else if next == UInt8(ascii: "("), position + 2 <= last,
        let end = bytes[(position + 2)...].firstIndex(of: UInt8(ascii: ")"))
      {
        let name = String(decoding: bytes[(position + 2)..<end], as: UTF8.self)
        result.append(
          contentsOf: values[name.bytes].map { Array($0.utf8) } ?? Array(bytes[position...end]))
        position = end + 1
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return result.count <= limit ? String(decoding: result, as: UTF8.self) : nil
  }
}
