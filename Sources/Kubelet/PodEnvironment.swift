package import JSON
package import KubernetesClient
import Platform

/// The environment of a pod's first container, as the kubelet makes it.
package struct PodEnvironment: Sendable {
  /// Why it cannot be made, in one line.
  package typealias Failure = VolumeFailure

  /// Names and values in order; a later one wins over an earlier of the same name.
  package let variables: [(name: String, value: String)]

  /// Resolves `envFrom`, `env` with its references, and `$(NAME)`; values below a mount path are
  /// rewritten to the place of the files.
  package init(pod: JSON, mounts: PodMounts, client: KubernetesClient) async throws(Failure) {
    let container = pod.at("spec", "containers")?[0]
    let namespace = pod.at("metadata", "namespace")?.string ?? "default"
    var found: [(name: String, value: String)] = []
    var cache: [String: JSON] = [:]
    for source in container?["envFrom"]?.array ?? [] {
      let prefix = source["prefix"]?.string ?? ""
      for (resource, member) in [("configmaps", "configMapRef"), ("secrets", "secretRef")] {
        guard let reference = source[member] else { continue }
        guard
          let object = try await Self.object(
            resource, reference, namespace: namespace, client: client, cache: &cache)
        else { continue }
        for (key, value) in object["data"]?.object ?? [:] {
          let text = Self.text(value, isSecret: resource == "secrets")
          found.append((prefix + key, mounts.rewritten(text)))
        }
      }
    }
    for variable in container?["env"]?.array ?? [] {
      guard let name = variable["name"]?.string else { continue }
      var value = variable["value"]?.string ?? ""
      if let from = variable["valueFrom"], !from.isNull {
        guard
          let resolved = try await Self.resolve(
            from, pod: pod, namespace: namespace, client: client, cache: &cache)
        else { continue }
        value = resolved
      } else {
        value = Self.expanded(value, found)
      }
      found.append((name, mounts.rewritten(value)))
    }
    variables = found
  }

  private static func resolve(
    _ from: JSON, pod: JSON, namespace: String, client: KubernetesClient,
    cache: inout [String: JSON]
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
        return text(value, isSecret: resource == "secrets")
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
    cache: inout [String: JSON]
  ) async throws(Failure) -> JSON? {
    guard let name = reference["name"]?.string, !name.isEmpty else {
      throw Failure(description: "a reference to \(resource) has no name")
    }
    let path = ObjectPath.core(resource, in: namespace, name)
    if let known = cache[path] { return known }
    do throws(KubernetesError) {
      let object = try await client.get(path)
      cache[path] = object
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
  static func expanded(_ text: String, _ variables: [(name: String, value: String)]) -> String {
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        result += "$"
        rest = rest.dropFirst()
      } else if rest.first == "(", let end = rest.firstIndex(of: ")") {
        let name = String(rest[rest.index(after: rest.startIndex)..<end])
        if let value = variables.last(where: { $0.name == name })?.value {
          result += value
        } else {
          result += "$(\(name))"
        }
        rest = rest[rest.index(after: end)...]
      } else {
        result += "$"
      }
    }
    return result + rest
  }
}
