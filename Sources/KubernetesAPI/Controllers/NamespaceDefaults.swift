import JSON
import Platform

/// Keeps in every namespace what upstream's controllers keep there: the ServiceAccount `default` and
/// the ConfigMap `kube-root-ca.crt`.
struct NamespaceDefaults: Sendable {
  /// The namespaces that a cluster starts with.
  static let startNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease"]
  static let accountName = "default"
  static let configMapName = "kube-root-ca.crt"

  let objects: any ClusterObjects
  /// The authority's certificate in PEM.
  let authority: String
  let log: Log

  /// Makes the namespaces of a new cluster, and the defaults in all that are there.
  func prepare() async {
    for name in Self.startNamespaces
    where await objects.object(.namespaces, namespace: "", name: name) == nil {
      await attempt("namespace \(name)") {
        _ = try await objects.create(
          .namespaces,
          [
            "kind": "Namespace", "apiVersion": "v1", "metadata": ["name": .string(name)],
          ])
      }
    }
    for namespace in await objects.objects(.namespaces) { await ensure(in: namespace) }
  }

  /// Watches until cancelled, and puts back what somebody removes or changes.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await change in await objects.changes(of: .namespaces) {
          if case .set(let namespace) = change { await ensure(in: namespace) }
        }
      }
      group.addTask {
        for await change in await objects.changes(of: .serviceAccounts) {
          guard case .removed(let account) = change,
            account.objectName.bytes == Self.accountName.bytes
          else { continue }
          await ensure(inNamespace: account.objectNamespace)
        }
      }
      group.addTask {
        for await change in await objects.changes(of: .configMaps) {
          guard case .set(let map) = change else {
            if case .removed(let map) = change, map.objectName.bytes == Self.configMapName.bytes {
              await ensure(inNamespace: map.objectNamespace)
            }
            continue
          }
          guard map.objectName.bytes == Self.configMapName.bytes, map["data"] != data else {
            continue
          }
          await ensure(inNamespace: map.objectNamespace)
        }
      }
    }
  }

  /// Makes what is missing in a namespace; also called by admission, so that a pod need not wait for
  /// the watch.
  func ensure(inNamespace name: String) async {
    guard let namespace = await objects.object(.namespaces, namespace: "", name: name) else {
      return
    }
    await ensure(in: namespace)
  }

  private func ensure(in namespace: JSON) async {
    guard !namespace.isBeingDeleted else { return }
    let name = namespace.objectName
    await ensureAccount(name)
    await ensureConfigMap(name)
  }

  private func ensureAccount(_ namespace: String) async {
    guard
      await objects.object(.serviceAccounts, namespace: namespace, name: Self.accountName) == nil
    else { return }
    await attempt("service account \(namespace)/default") {
      _ = try await objects.create(
        .serviceAccounts,
        [
          "kind": "ServiceAccount", "apiVersion": "v1",
          "metadata": ["name": .string(Self.accountName), "namespace": .string(namespace)],
        ])
    }
  }

  private func ensureConfigMap(_ namespace: String) async {
    let name = Self.configMapName
    let existing = await objects.object(.configMaps, namespace: namespace, name: name)
    guard existing?["data"] != data else { return }
    await attempt("config map \(namespace)/\(name)") {
      guard var map = existing?.object else {
        _ = try await objects.create(
          .configMaps,
          [
            "kind": "ConfigMap", "apiVersion": "v1",
            "metadata": [
              "name": .string(name), "namespace": .string(namespace),
              "annotations": [
                "kubernetes.io/description": .string(
                  "Holds the CA that signs this cluster's API server certificate.")
              ],
            ],
            "data": data,
          ])
        return
      }
      map["data"] = data
      _ = try await objects.update(.configMaps, .object(map))
    }
  }

  private var data: JSON { ["ca.crt": .string(authority)] }

  /// Somebody else may be quicker, or change the object in between: the watch comes back to it.
  private func attempt(_ what: String, _ body: () async throws -> Void) async {
    do { try await body() } catch {
      log.debug("\(what) was not made", ["error": .string("\(error)")])
    }
  }
}
