package import JSON
package import KubernetesClient
package import Platform
import PodIdentity

/// The work for one pod: its files are written, it is set Ready, its tokens are renewed.
package struct PodWorker: Sendable {
  /// On pods that somebody other than the node holds, such as `podid pod`.
  package static let holderAnnotation = "podid.local/held-by"
  /// On pods that the stack makes for itself: the proof of it, which is worth nothing on others.
  package static let originAnnotation = "podid.local/origin"

  let pod: JSON
  let client: KubernetesClient
  let volumes: PodVolumes
  let clock: any WallClock
  let realClock: any WallClock
  let events: EventLog
  /// The address that the pod's status shows.
  let address: String
  /// Told once the pod is Ready.
  let ready: @Sendable () -> Void
  /// Told why the volumes cannot be written, when that begins.
  let failed: @Sendable (String) -> Void
  let freshness: Freshness
  /// Returns after so long, or when the task is cancelled.
  var pause: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }

  /// The work for a pod; `clock` is the one that tokens expire by.
  package init(
    pod: JSON, client: KubernetesClient, volumes: PodVolumes, clock: any WallClock,
    realClock: any WallClock, events: EventLog, address: String = "127.0.0.1",
    freshness: Freshness = Freshness(),
    ready: @escaping @Sendable () -> Void = {}, failed: @escaping @Sendable (String) -> Void
  ) {
    self.pod = pod
    self.client = client
    self.volumes = volumes
    self.clock = clock
    self.realClock = realClock
    self.events = events
    self.address = address
    self.ready = ready
    self.failed = failed
    self.freshness = freshness
  }

  private var subject: EventSubject {
    EventSubject(
      namespace: pod.at("metadata", "namespace")?.string,
      serviceAccount: pod.at("spec", "serviceAccountName")?.string,
      pod: pod.at("metadata", "name")?.string)
  }

  /// Works until cancelled.
  package func run(afterRemoving: Bool) async {
    if afterRemoving { volumes.remove() }
    var isReady = false
    var failures = 0
    var absences = 0
    while !Task.isCancelled {
      do throws(VolumeFailure) {
        let written = clock.now
        let next = try await volumes.write()
        if Task.isCancelled { return }
        freshness.set(from: written, until: next)
        events.record(
          Event(
            operation: isReady ? EventOperation.volumesRenewed : EventOperation.volumesWritten,
            subject: subject))
        if !isReady {
          isReady = try await setReady()
          if isReady { ready() }
        }
        // Not before the status is set: one that is refused again and again is told once.
        failures = 0
        guard isReady else {
          // The pod is gone: the watch will tell, which cancels this, unless a fault answered.
          absences += 1
          await pause(Self.backoff(absences))
          continue
        }
        guard let next else { return }
        do {
          // A token that was issued in a time that is yet to come is refused.
          try await clock.sleep(from: written, until: max(next, clock.now + .seconds(1)))
        } catch { return }
      } catch {
        if Task.isCancelled { return }
        failures += 1
        if failures == 1 {
          events.record(
            Event(
              operation: EventOperation.volumesWritten, subject: subject,
              outcome: EventOutcome.failed, check: .volumes,
              reason: error.description))
          failed(error.description)
          await tell(error.description)
        }
        await pause(Self.backoff(failures))
      }
    }
  }

  /// How long to wait after so many failures.
  private static func backoff(_ failures: Int) -> Duration {
    .milliseconds(min(10_000, 200 << min(failures, 6)))
  }

  private var path: String {
    ObjectPath.core(
      "pods", in: volumesNamespace, pod.at("metadata", "name")?.string ?? "")
  }

  private var volumesNamespace: String { pod.at("metadata", "namespace")?.string ?? "" }

  /// Says that the pod runs; false where the pod is gone, which the watch will tell as well.
  private func setReady() async throws(VolumeFailure) -> Bool {
    do throws(KubernetesError) {
      _ = try await client.merge(
        "\(path)/status", PodStatusObject.running(pod, now: realClock.now, address: address))
      return true
    } catch {
      guard error.code == 404 else {
        throw VolumeFailure(description: "its status cannot be set: \(error)")
      }
      return false
    }
  }

  /// Writes an Event that `kubectl describe pod` shows.
  private func tell(_ message: String) async {
    let time = JSON.string(realClock.now.wholeSeconds.rfc3339)
    _ = try? await client.create(
      ObjectPath.core("events", in: volumesNamespace),
      [
        "kind": "Event", "apiVersion": "v1",
        "metadata": [
          "generateName": .string("\(pod.at("metadata", "name")?.string ?? "")."),
          "namespace": .string(volumesNamespace),
        ],
        "involvedObject": [
          "kind": "Pod", "apiVersion": "v1", "namespace": .string(volumesNamespace),
          "name": pod.at("metadata", "name") ?? "", "uid": pod.at("metadata", "uid") ?? "",
        ],
        "reason": "FailedMount", "message": .string(message), "type": "Warning", "count": 1,
        "firstTimestamp": time, "lastTimestamp": time, "source": ["component": "kubelet"],
      ])
  }
}

/// What the kubelet says of a pod whose containers run.
enum PodStatusObject {
  /// A patch of the status.
  static func running(_ pod: JSON, now: Instant, address: String) -> JSON {
    let time = JSON.string(now.wholeSeconds.rfc3339)
    let kept = (pod.at("status", "conditions")?.array ?? []).filter { $0["type"] == "PodScheduled" }
    let conditions = ["Initialized", "Ready", "ContainersReady"].map { type -> JSON in
      [
        "type": .string(type), "status": "True", "lastProbeTime": .null,
        "lastTransitionTime": time,
      ]
    }
    // No container runs here: what uses the pod's identity is a process of its own.
    let statuses = (pod.at("spec", "containers")?.array ?? []).map { container -> JSON in
      [
        "name": container["name"] ?? "", "image": container["image"] ?? "", "imageID": "",
        "ready": true, "started": true, "restartCount": 0,
        "state": ["running": ["startedAt": time]], "lastState": [:],
      ]
    }
    return [
      "status": [
        "phase": "Running", "conditions": .array(kept + conditions),
        "hostIP": .string(address), "podIP": .string(address),
        "podIPs": [["ip": .string(address)]], "startTime": time,
        "containerStatuses": .array(statuses),
      ]
    ]
  }
}
