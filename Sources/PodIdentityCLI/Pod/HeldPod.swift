import CommandCore
import Glibc
import JSON
import Kubelet
import KubernetesClient
import Platform

/// The Pod object that `podid pod` makes, or made before and finds again.
struct HeldPod: Sendable {
  /// What happened to the wish for a pod.
  enum Outcome {
    case made(JSON)
    /// It was there: this holder made it before it was killed.
    case adopted(JSON)
    /// Not now, for this reason; it may work later.
    case notYet(String)
  }

  let account: AccountName
  let name: String
  /// Whether somebody chose the name, and so means whatever pod of ours has it.
  let isNamed: Bool
  let node: String
  /// Who holds it, as the annotation says.
  let holder: String

  /// A pod for an account; without a name it is called after this host.
  init(account: AccountName, name: String?, node: String, folder: String) {
    let host = Self.hostName()
    self.account = account
    self.name = name ?? "\(account.name.prefix(180))-\(Self.label(host))"
    isNamed = name != nil
    self.node = node
    holder = "\(host):\(folder)"
  }

  private var collection: String { ObjectPath.core("pods", in: account.namespace) }
  /// The pod's path in the API.
  var path: String { ObjectPath.core("pods", in: account.namespace, name) }

  /// The object to be made.
  var object: JSON {
    [
      "apiVersion": "v1", "kind": "Pod",
      "metadata": [
        "name": .string(name), "namespace": .string(account.namespace),
        "labels": ["app.kubernetes.io/managed-by": "podid"],
        "annotations": [PodWorker.holderAnnotation: .string(holder)],
      ],
      "spec": [
        "serviceAccountName": .string(account.name), "nodeName": .string(node),
        "containers": [["name": "app", "image": "podid.local/process"]],
      ],
    ]
  }

  /// Makes the pod, or adopts it.
  /// - Throws: where a pod of that name is somebody else's, or none can be made at all.
  func settle(_ client: KubernetesClient) async throws(CommandFailure) -> Outcome {
    var found: JSON?
    do throws(KubernetesError) { found = try await client.get(path) } catch {
      guard error.code == 404 else { return .notYet("\(error)") }
    }
    if let found {
      try checkOwner(found)
      let owner = found.at("spec", "serviceAccountName")?.string
      if owner?.bytes == account.name.bytes { return .adopted(found) }
      // Ours, from a time when the service was another's.
      _ = try? await client.delete(path)
    }
    // Not cancelled half-way: a pod that is made must be known, so that it is deleted in the end.
    let making = Task { [collection, object] in
      await Self.result { () async throws(KubernetesError) in
        try await client.send("POST", collection, body: object, timeout: .seconds(3))
      }
    }
    do throws(KubernetesError) { return .made(try await making.value.get()) } catch {
      if let code = error.code, [400, 422].contains(code) { throw CommandFailure("\(error)") }
      return .notYet("\(error)")
    }
  }

  private static func result(
    _ body: () async throws(KubernetesError) -> JSON
  ) async -> Result<JSON, KubernetesError> {
    do throws(KubernetesError) { return .success(try await body()) } catch {
      return .failure(error)
    }
  }

  private func checkOwner(_ pod: JSON) throws(CommandFailure) {
    let owner = pod.at("metadata", "annotations", PodWorker.holderAnnotation)?.string
    guard let owner else {
      throw CommandFailure(
        "pod \(account.namespace)/\(name) is there already, and podid pod does not hold it")
    }
    guard isNamed || owner.bytes == holder.bytes else {
      throw CommandFailure(
        "pod \(account.namespace)/\(name) is held by \(owner); --name gives this one another name")
    }
  }

  /// Removes the pod, unless another has taken its name.
  func delete(uid: String, _ client: KubernetesClient) async {
    _ = try? await client.send(
      "DELETE", path,
      body: [
        "kind": "DeleteOptions", "apiVersion": "v1", "preconditions": ["uid": .string(uid)],
      ], timeout: .seconds(3))
  }

  /// This machine's name, or this container's.
  static func hostName() -> String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count) == 0 else { return "localhost" }
    return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// A text as a part of an object's name: lower case letters, digits and hyphens.
  static func label(_ text: String) -> String {
    let kept = text.lowercased().utf8.map { byte in
      0x61...0x7A ~= byte || 0x30...0x39 ~= byte ? byte : UInt8(ascii: "-")
    }
    let isHyphen: (UInt8) -> Bool = { $0 == UInt8(ascii: "-") }
    let label = kept.prefix(60).drop(while: isHyphen).reversed().drop(while: isHyphen).reversed()
    let trimmed = String(decoding: label, as: UTF8.self)
    return trimmed.isEmpty ? "pod" : trimmed
  }
}
