import JSON
import Platform
import PodIdentity
import TestSupport
import Testing

@testable import Kubelet

/// What the kubelet's part says of a pod that runs.
@Suite(.timeLimit(.minutes(10))) struct PodStatusTests {
  @Test("a running pod's status, whole, with what the scheduler said of it")
  func running() {
    let now = Instant(seconds: 1_800_000_000) + .milliseconds(700)
    let time: JSON = "2027-01-15T08:00:00Z"
    let scheduled: JSON = ["type": "PodScheduled", "status": "True", "reason": "x"]
    let pod: JSON = [
      "spec": ["containers": [["name": "a", "image": "i"], ["name": "b"]]],
      "status": ["conditions": [["type": "Ready", "status": "False"], scheduled]],
    ]
    func condition(_ type: String) -> JSON {
      [
        "type": .string(type), "status": "True", "lastProbeTime": .null,
        "lastTransitionTime": time,
      ]
    }
    func status(_ name: JSON, _ image: JSON) -> JSON {
      [
        "name": name, "image": image, "imageID": "", "ready": true, "started": true,
        "restartCount": 0, "state": ["running": ["startedAt": time]], "lastState": [:],
      ]
    }
    #expect(
      PodStatusObject.running(pod, now: now, address: "1.2.3.4") == [
        "status": [
          "phase": "Running",
          "conditions": [
            scheduled, condition("Initialized"), condition("Ready"), condition("ContainersReady"),
          ],
          "hostIP": "1.2.3.4", "podIP": "1.2.3.4", "podIPs": [["ip": "1.2.3.4"]],
          "startTime": time, "containerStatuses": [status("a", "i"), status("b", "")],
        ]
      ])
  }

  @Test("a status that is refused is told on the pod, and tried again until it is taken")
  func refused() async throws {
    let api = try TestAPI()
    let status = "PATCH /api/v1/namespaces/n/pods/p/status"
    api.set(status, ["kind": "Status", "message": "no"], status: 403)
    let pod: JSON = [
      "metadata": ["name": "p", "namespace": "n", "uid": "u"], "spec": ["serviceAccountName": "a"],
    ]
    let client = try api.client()
    let clock = ManualClock()
    let events = EventLog(service: "t")
    var worker = PodWorker(
      pod: pod, client: client,
      volumes: PodVolumes(
        pod: pod, root: try Scratch.folder(), client: client, clock: clock, randomness: .seeded(1)),
      clock: clock, realClock: clock, events: events, failed: { _ in })
    worker.pause = { _ in }
    var coming = api.coming.makeAsyncIterator()
    let task = Task { [worker] in await worker.run(afterRemoving: false) }
    var tries = 0
    while tries < 3, let request = await coming.next() { if request.name == status { tries += 1 } }
    api.set(status, [:])
    await task.value
    let reason = "its status cannot be set: no"
    let told = api.bodies("POST /api/v1/namespaces/n/events")
    let time = JSON.string(clock.now.wholeSeconds.rfc3339)
    #expect(
      told == [
        [
          "kind": "Event", "apiVersion": "v1",
          "metadata": ["generateName": "p.", "namespace": "n"],
          "involvedObject": [
            "kind": "Pod", "apiVersion": "v1", "namespace": "n", "name": "p", "uid": "u",
          ],
          "reason": "FailedMount", "message": .string(reason), "type": "Warning", "count": 1,
          "firstTimestamp": time, "lastTimestamp": time, "source": ["component": "kubelet"],
        ]
      ])
    let failed = events.entries(after: 0).map(\.json).filter { $0["outcome"] != "ok" }
    #expect(failed.map { $0["reason"]?.string } == [reason])
    #expect(failed.first?["check"] == "volumes")
    await api.stop()
  }
}
