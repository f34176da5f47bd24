package import JSON
import Kubelet
import KubernetesClient
import Platform
import PodIdentity

/// A pod whose identity a process on this machine takes on.
package struct PodSession: Sendable {
  /// The Pod as it was when it became Ready.
  package let pod: JSON
  /// Whether podid made it, and so removes it.
  package let isOwn: Bool
  private let kubernetes: KubernetesClient
  private let stack: StackInfo

  /// Takes the pod of a name, or makes one, and waits until its files are there.
  ///
  /// The tokens of a pod that is made last `tokenSeconds`, if the cluster issues such short ones.
  /// `isExplicable` where the stack is still there for `podid explain` once that has failed.
  package static func open(
    _ account: AccountName, pod name: String?, tokenSeconds: Int? = nil, stack: StackInfo,
    _ access: StackAccess, isExplicable: Bool = true
  ) async throws -> PodSession {
    let kubernetes = try access.kubernetes(stack)
    if let name {
      let path = ObjectPath.core("pods", in: account.namespace, name)
      if let found = try await existing(path, kubernetes) {
        let owner = found.at("spec", "serviceAccountName")?.string ?? ""
        guard owner.bytes == account.name.bytes else {
          throw CommandFailure(
            "pod \(account.namespace)/\(name) runs as ServiceAccount \(owner), not \(account.name)")
        }
        return try await PodSession(
          pod: found, isOwn: false, kubernetes: kubernetes, stack: stack
        ).ready()
      }
    }
    let suffix = access.randomness.string(5, from: "bcdfghjklmnpqrstvwxz2456789")
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
      throw await refusal(error, account, kubernetes, isExplicable)
    }
    let session = PodSession(pod: created, isOwn: true, kubernetes: kubernetes, stack: stack)
    do { return try await session.ready() } catch {
      await session.close()
      throw error
    }
  }

  /// Why no pod was made: mostly that there is no such ServiceAccount.
  private static func refusal(
    _ error: KubernetesError, _ account: AccountName, _ kubernetes: KubernetesClient,
    _ isExplicable: Bool
  ) async -> CommandFailure {
    let more =
      isExplicable ? "; \(Mend.explain(account.text)) says what is missing" : ""
    let all = await AccountName.all(kubernetes) ?? []
    let names = all.map(\.text)
    guard error.code == 403, !names.isEmpty, !names.contains(account.text.bytes) else {
      return CommandFailure("\(error)\(more)")
    }
    let near = account.likely(among: all).map { ", but \"\($0.text)\"" } ?? ""
    return CommandFailure(
      "there is no ServiceAccount \(account.text)\(near); there are "
        + "\(names.prefix(20).joined(separator: ", "))\(more)")
  }

  /// Makes a pod; where the server went away before it answered, it may be made already.
  private static func make(
    _ object: JSON, named name: String, in namespace: String, _ kubernetes: KubernetesClient
  ) async throws(KubernetesError) -> JSON {
    let collection = ObjectPath.core("pods", in: namespace)
    // It stands for an app.
    func create() async throws(KubernetesError) -> JSON {
      try await EventOrigin.$current.withValue(.app) { () async -> Result<JSON, KubernetesError> in
        do throws(KubernetesError) {
          return .success(try await kubernetes.create(collection, object))
        } catch { return .failure(error) }
      }.get()
    }
    do throws(KubernetesError) { return try await create() } catch {
      guard error.code == nil else { throw error }
      let events = kubernetes.watch(
        collection, query: ObjectPath.selecting("metadata.name", name))
      let there = await TimeLimit.within(.seconds(2)) { () -> JSON? in
        for await event in events {
          // The first list is the first answer of a server that is back.
          if case .listed(let pods) = event { return pods.first }
        }
        return nil
      }
      if let pod = there ?? nil { return pod }
      return try await create()
    }
  }

  /// The token's volume as admission adds it, which leaves one of this name as it is; itself it
  /// gives no token less than ten minutes.
  private static func tokenVolume(seconds: Int) -> JSON {
    let token: JSON = [
      "audience": .string(PodIdentityService.name), "expirationSeconds": .integer(Int64(seconds)),
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
  /// The pod's namespace.
  package var namespace: String { pod.at("metadata", "namespace")?.string ?? "" }
  /// The pod's name.
  package var name: String { pod.at("metadata", "name")?.string ?? "" }

  /// Whether admission gave the pod a way to credentials.
  package var hasIdentity: Bool { ObjectState.hasIdentity(pod) }

  /// Says so where the pod's process will get no credentials.
  package func warnWithoutIdentity(_ account: AccountName, _ context: CommandContext) {
    guard !hasIdentity else { return }
    let more = context.hasStackAfterwards ? "; \(Mend.explain(account.text)) tells more" : ""
    context.warn(
      "podid: \(account.text) has neither an association nor the annotation, so the process "
        + "gets no credentials\(more)")
  }

  /// The same pod once its files are written.
  private func ready() async throws -> PodSession {
    let readiness = PodReadiness(
      kubernetes: kubernetes, namespace: namespace, name: name, waitsForNode: false,
      node: stack.node)
    guard let found = await readiness.wait(.seconds(30)) else {
      throw CommandFailure(
        "pod \(namespace)/\(name) does not become Ready: "
          + (await readiness.reason() ?? "is node-agent running? podid status tells"))
    }
    return PodSession(pod: found, isOwn: isOwn, kubernetes: kubernetes, stack: stack)
  }

  /// The environment of a process in this pod; what is not taken of the pod's own is said.
  package func environment(
    over caller: [ByteText: String], stack: StackInfo, context: CommandContext
  ) async throws -> [ByteText: String] {
    let mounts = PodMounts(pod: pod, root: stack.pods)
    let own: PodEnvironment
    do {
      own = try await PodEnvironment(pod: pod, mounts: mounts, client: kubernetes)
    } catch { throw CommandFailure("pod \(namespace)/\(name): \(error)") }
    let variables = try PodVariables(
      own.variables, admitted: context.arguments.all(Command.podVariableOption.flag),
      mounted: mounts.holds)
    variables.warn(context)
    return try ProcessVariables(stack: stack, context).all(
      caller: caller, pod: variables, hasIdentity: hasIdentity, mounts: mounts)
  }

  /// Removes the pod, if podid made it.
  package func close() async {
    guard isOwn else { return }
    // Also where this task is cancelled, which sends nothing.
    _ = await Task { [kubernetes, path] in try? await kubernetes.delete(path) }.value
  }
}
