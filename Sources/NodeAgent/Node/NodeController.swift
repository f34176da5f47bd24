import AdminAPI
import JSON
import Kubelet
import KubernetesClient
import Platform
import PodIdentity

/// The node in the cluster: registered, its pods' volumes written, its pods set Ready.
actor NodeController {
  private static let heartbeat: Duration = .seconds(60)

  private let client: KubernetesClient
  private let node: String
  private let root: String
  private let clock: OffsetClock
  private let realClock: any WallClock
  private let mark: StackMark
  private let randomness: Randomness
  private let events: EventLog
  private let log: Log
  private let isOutdated: @Sendable () -> Bool
  /// The work for one pod.
  private struct Worker {
    let uid: String
    let task: Task<Void, Never>
    let freshness: Freshness

    /// Asks it to end; nobody waits for its files any more.
    func stop() {
      task.cancel()
      freshness.end()
    }
  }
  private var workers: [ByteText: Worker] = [:]

  /// A controller for a node; `clock` is the one that tokens expire by, and `isOutdated` tells that
  /// the cluster is to be looked for elsewhere.
  init(
    client: KubernetesClient, node: String, root: String, clock: OffsetClock,
    realClock: any WallClock, mark: StackMark, randomness: Randomness, events: EventLog, log: Log,
    isOutdated: @escaping @Sendable () -> Bool
  ) {
    self.client = client
    self.node = node
    self.root = root
    self.clock = clock
    self.realClock = realClock
    self.mark = mark
    self.randomness = randomness
    self.events = events
    self.log = log
    self.isOutdated = isOutdated
  }

  /// Works until cancelled, or until the cluster does not answer and is outdated.
  func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.keepRegistered() }
      group.addTask { await self.comeBack() }
      group.addTask { await self.tellClock() }
      changes: for await event in client.watch(
        ObjectPath.core("pods"), query: ObjectPath.selecting("spec.nodeName", node))
      {
        switch event {
        case .listed(let pods): take(pods)
        case .set(let pod): take(pod)
        case .removed(let pod): remove(pod)
        case .failed(let error):
          log.debug("pods cannot be watched", ["reason": .string("\(error)")])
          if isOutdated() { break changes }
        }
      }
      for worker in workers.values { worker.stop() }
      group.cancelAll()
      // Whoever comes next writes into the same folders.
      for worker in workers.values { await worker.task.value }
    }
  }

  /// Registers the node, and says again and again that it is there.
  private func keepRegistered() async {
    var failures = 0
    while !Task.isCancelled {
      do throws(KubernetesError) {
        try await register()
        failures = 0
        try? await Task.sleep(for: Self.heartbeat)
      } catch {
        log.debug("node cannot be registered", ["reason": .string("\(error)")])
        // As long as a kubelet's (`kubelet_node_status.go`, registerWithAPIServer).
        try? await Task.sleep(for: .milliseconds(min(7000, 100 << min(failures, 7))))
        failures += 1
      }
    }
  }

  /// Registers the node again, whenever somebody removes it.
  private func comeBack() async {
    let query = ObjectPath.selecting("metadata.name", node)
    for await event in client.watch(ObjectPath.core("nodes"), query: query) {
      switch event {
      case .removed, .listed([]): _ = try? await register()
      default: break
      }
    }
  }

  /// Shows the clock's offset on the node, whenever it is moved.
  private func tellClock() async {
    var failures = 0
    while !Task.isCancelled {
      let offset = clock.offset
      do throws(KubernetesError) {
        _ = try await client.merge(ObjectPath.core("nodes", node), NodeClock.patch(offset))
        failures = 0
      } catch {
        // Not registered yet, or the cluster is away for a moment; or it refuses for good.
        if failures == 5 {
          log.warning("the node cannot show the clock", ["reason": .string("\(error)")])
        }
        try? await Task.sleep(for: .milliseconds(min(60_000, 100 << min(failures, 10))))
        failures += 1
        continue
      }
      guard (try? await clock.moved(from: offset)) != nil else { return }
    }
  }

  private func register() async throws(KubernetesError) {
    do throws(KubernetesError) {
      _ = try await client.create(
        ObjectPath.core("nodes"), NodeObject.new(name: node, offset: clock.offset))
      log.info("node registered", ["node": .string(node)])
    } catch {
      guard error.code == 409 else { throw error }
    }
    _ = try await client.merge(
      ObjectPath.core("nodes", node, "status"), NodeObject.status(now: realClock.now))
  }

  /// Waits until the files that the clock has made stale are renewed, for two seconds at most: a
  /// cluster that is away is not waited for.
  func settle() async {
    let (clock, now) = (clock, clock.now)
    let stale = workers.values.map(\.freshness).filter { $0.isStale(at: now) }
    guard !stale.isEmpty else { return }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for freshness in stale { await freshness.fresh(clock) } }
      group.addTask { try? await Task.sleep(for: .seconds(2)) }
      await group.next()
      group.cancelAll()
    }
  }

  private func key(_ pod: JSON) -> ByteText {
    "\(pod.at("metadata", "namespace")?.string ?? "")/\(pod.at("metadata", "name")?.string ?? "")"
  }

  /// Takes over all pods of the node, and removes the folders of those that are gone.
  private func take(_ pods: [JSON]) {
    let present = Set(pods.map(key))
    for (name, worker) in workers where !present.contains(name) {
      worker.stop()
      workers[name] = nil
    }
    for (namespace, pod) in PodVolumes.present(root: root)
    where !present.contains("\(namespace)/\(pod)") {
      PodVolumes.remove(namespace: namespace, pod: pod, root: root)
    }
    for pod in pods { take(pod) }
  }

  private func take(_ pod: JSON) {
    let name = key(pod)
    let uid = pod.at("metadata", "uid")?.string ?? ""
    guard pod.at("metadata", "annotations", PodWorker.holderAnnotation) == nil,
      pod.at("metadata", "deletionTimestamp")?.string == nil
    else { return }
    if let worker = workers[name] {
      if worker.uid.bytes == uid.bytes { return }
      worker.stop()
    }
    let volumes = PodVolumes(
      pod: pod, root: root, client: client, clock: clock, randomness: randomness)
    let freshness = Freshness()
    let worker = PodWorker(
      pod: pod, client: client, volumes: volumes, clock: clock, realClock: realClock,
      events: events, freshness: freshness
    ) { [log] reason in
      log.warning("pod is not kept", ["pod": .string(name.string), "reason": .string(reason)])
    }
    // The folder of another pod of that name must not be taken for this one's.
    let isReplaced = workers[name] != nil
    let task = EventOrigin.$current.withValue(origin(of: pod)) {
      Task { await worker.run(afterRemoving: isReplaced) }
    }
    workers[name] = Worker(uid: uid, task: task, freshness: freshness)
  }

  /// Whose pod it is: an app's, unless it proves to be the stack's own.
  private func origin(of pod: JSON) -> EventOrigin {
    guard
      let proof = pod.at("metadata", "annotations", PodWorker.originAnnotation)?.string,
      mark.isProof(proof, of: key(pod).string)
    else { return .app }
    return .stack
  }

  private func remove(_ pod: JSON) {
    let name = key(pod)
    let uid = pod.at("metadata", "uid")?.string ?? ""
    guard let worker = workers[name], worker.uid.bytes == uid.bytes else { return }
    worker.stop()
    workers[name] = nil
    let (root, task) = (root, worker.task)
    let namespace = pod.at("metadata", "namespace")?.string ?? ""
    let podName = pod.at("metadata", "name")?.string ?? ""
    var event = Event(
      operation: EventOperation.podRemoved,
      subject: EventSubject(
        namespace: namespace, serviceAccount: pod.at("spec", "serviceAccountName")?.string,
        pod: podName))
    event.origin = origin(of: pod)
    events.record(event)
    Task {
      // What it is just writing must not outlast it.
      await task.value
      if !self.isTaken(name) {
        PodVolumes.remove(namespace: namespace, pod: podName, root: root)
      }
    }
  }

  private func isTaken(_ name: ByteText) -> Bool { workers[name] != nil }
}
