import CommandCore
import JSON
import Kubelet
import KubernetesClient
import Platform

/// Holds one pod, as a pod's sandbox container does: made or adopted, its files kept fresh, set
/// Ready, made again where somebody removes it, deleted at the end.
struct PodHolder: Sendable {
  private let wanted: HeldPod
  private let folder: PodFolder
  /// Read anew for each pod: the cluster may not be there yet.
  private let kubeconfig: @Sendable () throws(CommandFailure) -> KubeConfig
  private let context: CommandContext
  private let told = LastLine()
  /// The time that tokens expire by: the node's.
  private let clock = OffsetClock()

  /// A holder for a pod of an account.
  init(
    account: AccountName, name: String?, folder: PodFolder, node: String,
    kubeconfig: @escaping @Sendable () throws(CommandFailure) -> KubeConfig,
    context: CommandContext
  ) throws {
    wanted = HeldPod(account: account, name: name, node: node, folder: folder.path)
    self.folder = folder
    self.kubeconfig = kubeconfig
    self.context = context
  }

  /// Holds the pod until SIGTERM or SIGINT; the exit code.
  func run() async throws -> Int32 {
    SignalWatch.course = .orderly
    let lock = try folder.lock()
    let holding = Task {
      while !Task.isCancelled { try await holdOnce() }
    }
    let signal = Task {
      _ = await TerminationSignals.wait()
      holding.cancel()
    }
    defer { signal.cancel() }
    do { try await holding.value } catch {
      folder.setReason("\(error)")
      throw error
    }
    withExtendedLifetime(lock) {}
    return 0
  }

  /// Holds one Pod object until it is gone, or this task is cancelled, which deletes it.
  private func holdOnce() async throws(CommandFailure) {
    let client: KubernetesClient
    do {
      client = try KubernetesClient(try kubeconfig(), loops: context.loops)
    } catch {
      return await pause("waiting for the cluster: \(error)")
    }
    let pod: JSON
    let isMade: Bool
    switch try await wanted.settle(client) {
    case .notYet(let reason):
      return await pause("no pod of \(wanted.account.text) yet: \(reason)")
    case .made(let object): (pod, isMade) = (object, true)
    case .adopted(let object): (pod, isMade) = (object, false)
    }
    let uid = pod.at("metadata", "uid")?.string ?? ""
    let volumes = PodVolumes(
      pod: pod, root: folder.path, layout: .pod, client: client, clock: clock,
      randomness: context.randomness)
    let locks: [FolderLock]
    do throws(CommandFailure) { locks = try lockVolumes(volumes) } catch {
      // An adopted pod is that of whoever holds the volumes.
      if isMade { await wanted.delete(uid: uid, client) }
      throw error
    }
    let note = Self.note(of: pod, wanted.account)
    if let note { context.warn("podid pod: \(note)") }
    let worker = Task {
      await keep(pod, volumes, uid: uid, isMade: isMade, note: note, client)
        .run(afterRemoving: false)
    }
    let following = Task { await followClock(client) }
    await waitUntilGone(uid: uid, client)
    following.cancel()
    worker.cancel()
    await worker.value
    folder.setNotReady()
    if Task.isCancelled {
      // A cancelled task sends nothing, and one that it starts is not cancelled.
      await Task { [wanted] in await wanted.delete(uid: uid, client) }.value
      volumes.remove()
      context.print("pod \(wanted.account.namespace)/\(wanted.name) is deleted")
    } else {
      context.warn("podid pod: somebody deleted the pod; making another")
    }
    withExtendedLifetime(locks) {}
  }

  private func keep(
    _ pod: JSON, _ volumes: PodVolumes, uid: String, isMade: Bool, note: String?,
    _ client: KubernetesClient
  ) -> PodWorker {
    let (namespace, name) = (wanted.account.namespace, wanted.name)
    let verb = isMade ? "is Ready" : "is adopted and Ready"
    return PodWorker(
      pod: pod, client: client, volumes: volumes, clock: clock,
      realClock: SystemClock(), events: EventLog(service: "podid"), address: OwnAddress.find()
    ) { [folder, context, told] in
      do throws(FileError) {
        try folder.setReady(namespace: namespace, name: name, uid: uid, note: note)
        told.forget()
        context.print("pod \(namespace)/\(name) \(verb); its files are below \(folder.path)")
      } catch { context.warn("podid pod: \(error)") }
    } failed: { [folder, context, told] reason in
      folder.setReason("\(namespace)/\(name): \(reason)")
      if told.isNew(reason) { context.warn("podid pod: \(namespace)/\(name): \(reason)") }
    }
  }

  /// Moves the clock as the node's is moved.
  private func followClock(_ client: KubernetesClient) async {
    let query = ObjectPath.selecting("metadata.name", wanted.node)
    for await event in client.watch(ObjectPath.core("nodes"), query: query) {
      let nodes: [JSON] =
        switch event {
        case .listed(let nodes): nodes
        case .set(let node): [node]
        default: []
        }
      for node in nodes {
        let offset = NodeClock.offset(of: node)
        if offset != clock.offset { clock.offset = offset }
      }
    }
  }

  /// Returns when the pod is gone or replaced, or this task is cancelled.
  private func waitUntilGone(uid: String, _ client: KubernetesClient) async {
    let pods = ObjectPath.core("pods", in: wanted.account.namespace)
    // A node may watch the pods that are on it alone.
    let query = ObjectPath.selecting(
      "metadata.name", wanted.name, and: "spec.nodeName", wanted.node)
    for await event in client.watch(pods, query: query) {
      if Self.isGone(uid, by: event) { return }
      if case .failed(let error) = event, told.isNew("\(error)") {
        context.warn("podid pod: the cluster is away: \(error)")
      }
    }
  }

  /// Whether an event tells that the pod of a UID is gone or replaced.
  static func isGone(_ uid: String, by event: WatchEvent) -> Bool {
    switch event {
    case .listed(let found):
      !found.contains { $0.at("metadata", "uid")?.string?.bytes == uid.bytes }
    case .set(let pod): pod.at("metadata", "uid")?.string?.bytes != uid.bytes
    case .removed(let pod): pod.at("metadata", "uid")?.string?.bytes == uid.bytes
    case .failed: false
    }
  }

  /// Two pods must not write into one volume, as they would behind a scaled sidecar.
  private func lockVolumes(_ volumes: PodVolumes) throws(CommandFailure) -> [FolderLock] {
    var locks: [FolderLock] = []
    for place in volumes.mounts.places {
      // Made as the writer would make it; what cannot be made is the writer's to tell.
      let parts = Substring(place.utf8.dropFirst(folder.path.utf8.count)).bytes
        .split(separator: "/").map(String.init)
      guard FolderWalk(path: folder.path)?.folder(parts, making: true, mode: 0o755) != nil else {
        continue
      }
      locks.append(
        try FolderLock(
          path: place,
          meaning: "another pod's files are kept there; scale the app, not its pod"))
    }
    return locks
  }

  /// That the pod gets no credentials, where that is so.
  static func note(of pod: JSON, _ account: AccountName) -> String? {
    guard !ObjectState.hasIdentity(pod) else { return nil }
    return "\(account.text) has neither an association nor the annotation, so this pod gets no AWS "
      + "credentials; \(Mend.explain(account.text)) tells more, and a new pod is needed afterwards"
  }

  private func pause(_ reason: String) async {
    if !Task.isCancelled, told.isNew(reason) {
      folder.setReason(reason)
      context.warn("podid pod: \(reason)")
    }
    try? await Task.sleep(for: .milliseconds(250))
  }
}
