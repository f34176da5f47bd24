import JSON
import Kubelet
import KubernetesClient
import Platform

/// A pod whose identity a process on this machine takes on.
struct PodSession: Sendable {
  let pod: JSON
  /// Whether podid made it, and so removes it.
  let isOwn: Bool
  private let kubernetes: KubernetesClient
  private let stack: StackInfo

  /// Takes the pod of a name, or makes one, and waits until its files are there.
  ///
  /// The tokens of a pod that is made last `tokenSeconds`, if the cluster issues such short ones.
  static func open(
    _ account: AccountName, pod name: String?, tokenSeconds: Int? = nil, stack: StackInfo,
    context: CommandContext
  ) async throws -> PodSession {
    let kubernetes = try context.kubernetes(stack)
    if let name {
      let path = ObjectPath.core("pods", in: account.namespace, name)
      if let found = try await existing(path, kubernetes) {
        let owner = found.at("spec", "serviceAccountName")?.string ?? ""
        guard owner == account.name else {
          throw CommandFailure(
            "pod \(account.namespace)/\(name) runs as ServiceAccount \(owner), not \(account.name)")
        }
        return try await PodSession(
          pod: found, isOwn: false, kubernetes: kubernetes, stack: stack
        ).ready()
      }
    }
    let suffix = context.randomness.string(5, from: "bcdfghjklmnpqrstvwxz2456789")
    let podName = name ?? "\(account.name.prefix(40))-\(suffix)"
    var spec: JSONObject = [
      "serviceAccountName": .string(account.name), "restartPolicy": "Never",
      "containers": [["name": "app", "image": "podid.local/process"]],
    ]
    if let tokenSeconds { spec["volumes"] = [Self.tokenVolume(seconds: tokenSeconds)] }
    let object: JSON = [
      "apiVersion": "v1", "kind": "Pod",
      "metadata": [
        "name": .string(podName), "namespace": .string(account.namespace),
        "labels": ["app.kubernetes.io/managed-by": "podid"],
      ],
      "spec": .object(spec),
    ]
    let created: JSON
    do throws(KubernetesError) {
      created = try await make(object, named: podName, in: account.namespace, kubernetes)
    } catch {
      throw CommandFailure(
        "\(error)\n\(Mend.explain(account.text)) says what is missing")
    }
    let session = PodSession(pod: created, isOwn: true, kubernetes: kubernetes, stack: stack)
    do { return try await session.ready() } catch {
      await session.close()
      throw error
    }
  }

  /// Makes a pod; where the server went away before it answered, it may be made already.
  private static func make(
    _ object: JSON, named name: String, in namespace: String, _ kubernetes: KubernetesClient
  ) async throws(KubernetesError) -> JSON {
    let collection = ObjectPath.core("pods", in: namespace)
    do throws(KubernetesError) { return try await kubernetes.create(collection, object) } catch {
      guard error.code == nil else { throw error }
      for _ in 0..<20 {
        try? await Task.sleep(for: .milliseconds(100))
        do throws(KubernetesError) {
          return try await kubernetes.get(ObjectPath.core("pods", in: namespace, name))
        } catch {
          if error.code == 404 { break }
        }
      }
      return try await kubernetes.create(collection, object)
    }
  }

  /// The token's volume as admission adds it, which leaves one of this name as it is; itself it
  /// gives no token less than ten minutes.
  private static func tokenVolume(seconds: Int) -> JSON {
    let token: JSON = [
      "audience": "pods.eks.amazonaws.com", "expirationSeconds": .integer(Int64(seconds)),
      "path": "eks-pod-identity-token",
    ]
    return [
      "name": "eks-pod-identity-token",
      "projected": ["sources": [["serviceAccountToken": token]], "defaultMode": 420],
    ]
  }

  private static func existing(
    _ path: String, _ kubernetes: KubernetesClient
  ) async throws(CommandFailure) -> JSON? {
    do throws(KubernetesError) { return try await kubernetes.get(path) } catch {
      guard error.code == 404 else { throw CommandFailure("\(error)") }
      return nil
    }
  }

  private var path: String { ObjectPath.core("pods", in: namespace, name) }
  var namespace: String { pod.at("metadata", "namespace")?.string ?? "" }
  var name: String { pod.at("metadata", "name")?.string ?? "" }

  /// Whether admission gave the pod a way to credentials.
  var hasIdentity: Bool { ObjectState.hasIdentity(pod) }

  /// Says so where the pod's process will get no credentials.
  func warnWithoutIdentity(_ account: AccountName, _ context: CommandContext) {
    guard !hasIdentity else { return }
    context.warn(
      "podid: \(account.text) has neither an association nor the annotation, so the process "
        + "gets no credentials; \(Mend.explain(account.text)) tells more")
  }

  /// The same pod once its files are written.
  private func ready() async throws -> PodSession {
    let readiness = PodReadiness(kubernetes: kubernetes, namespace: namespace, name: name)
    guard let found = await readiness.wait(.seconds(10)) else {
      throw CommandFailure(
        "pod \(namespace)/\(name) does not become Ready: "
          + (await readiness.reason() ?? "is node-agent running? podid status tells"))
    }
    return PodSession(pod: found, isOwn: isOwn, kubernetes: kubernetes, stack: stack)
  }

  /// The environment of a process in this pod.
  func environment(
    over caller: [String: String], stack: StackInfo
  ) async throws -> [String: String] {
    let mounts = PodMounts(pod: pod, root: stack.pods)
    let own: PodEnvironment
    do {
      own = try await PodEnvironment(pod: pod, mounts: mounts, client: kubernetes)
    } catch { throw CommandFailure("pod \(namespace)/\(name): \(error)") }
    return try ProcessVariables(stack: stack).all(
      caller: caller, pod: own.variables, hasIdentity: hasIdentity, mounts: mounts)
  }

  /// Removes the pod, if podid made it.
  func close() async {
    guard isOwn else { return }
    _ = try? await kubernetes.delete(path)
  }
}
