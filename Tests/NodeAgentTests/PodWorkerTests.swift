import Glibc
import HTTP
import JSON
import KubernetesClient
import Platform
import PodIdentity
import Synchronization
import TestSupport
import Testing

@testable import Kubelet

/// The work for one pod, beside an API server of a few answers.
@Suite(.timeLimit(.minutes(10))) struct PodWorkerTests {
  private static let token = "POST /api/v1/namespaces/n/serviceaccounts/a/token"
  private static let status = "PATCH /api/v1/namespaces/n/pods/p/status"
  private static let event = "POST /api/v1/namespaces/n/events"

  private static func pod(_ volume: JSON) -> JSON {
    [
      "metadata": ["name": "p", "namespace": "n", "uid": "u"],
      "spec": [
        "serviceAccountName": "a", "volumes": [volume],
        "containers": [
          ["name": "c", "image": "i", "volumeMounts": [["name": "v", "mountPath": "/v"]]]
        ],
      ],
      "status": [
        "conditions": [["type": "PodScheduled", "status": "True"], ["type": "Ready"]]
      ],
    ]
  }

  private static let tokenVolume: JSON = [
    "name": "v", "projected": ["sources": [["serviceAccountToken": ["path": "t"]]]],
  ]
  private static let fieldVolume: JSON = [
    "name": "v",
    "downwardAPI": ["items": [["path": "n", "fieldRef": ["fieldPath": "metadata.name"]]]],
  ]

  /// A worker with what it needs, in a clock that stands still.
  private struct World {
    let api: TestAPI
    let clock = ManualClock()
    let events = EventLog(service: "t")
    let freshness = Freshness()
    let root: String
    let told = Told()
    let volume: JSON

    init(_ volume: JSON) throws {
      self.volume = volume
      api = try TestAPI()
      root = try Scratch.folder()
      api.set(status, [:])
    }

    func answerToken(_ text: String) {
      let expires = (clock.now + .seconds(1000)).rfc3339
      api.set(
        token, ["status": ["token": .string(text), "expirationTimestamp": .string(expires)]],
        status: 201)
    }

    func worker() throws -> PodWorker {
      let client = try api.client()
      let pod = pod(volume)
      let volumes = PodVolumes(
        pod: pod, root: root, client: client, clock: clock, randomness: .seeded(1))
      return PodWorker(
        pod: pod, client: client, volumes: volumes, clock: clock, realClock: clock, events: events,
        address: "1.2.3.4", freshness: freshness,
        ready: { [told] in told.texts.withLock { $0.append("ready") } },
        failed: { [told] reason in told.texts.withLock { $0.append(reason) } })
    }

    /// The text of a file of the volume, which is behind links.
    func file(_ name: String) -> String? {
      guard let path = realpath("\(root)/n/p/v/\(name)", nil) else { return nil }
      defer { free(path) }
      return try? SafeFile.readText(String(cString: path))
    }
    var operations: [String?] { events.entries(after: 0).map { $0.json["operation"]?.string } }
  }

  private final class Told: Sendable {
    let texts = Mutex<[String]>([])
  }

  @Test("a pod whose files never change is written, set Ready, and left alone")
  func once() async throws {
    let world = try World(Self.fieldVolume)
    try await world.worker().run(afterRemoving: false)
    #expect(world.file("n") == "p")
    #expect(world.told.texts.withLock { $0 } == ["ready"])
    #expect(world.operations == [EventOperation.volumesWritten])
    let subject = world.events.entries(after: 0).first?.json["subject"]
    #expect(subject == ["namespace": "n", "serviceAccount": "a", "pod": "p"])
    #expect(!world.freshness.isStale(at: Instant(nanoseconds: .max - 1)))
    let patches = world.api.bodies(Self.status)
    #expect(patches.count == 1)
    let status = patches.first?["status"]
    let time = JSON.string(world.clock.now.wholeSeconds.rfc3339)
    #expect(status?["phase"] == "Running" && status?["startTime"] == time)
    #expect(status?["podIP"] == "1.2.3.4" && status?["hostIP"] == "1.2.3.4")
    #expect(status?["podIPs"] == [["ip": "1.2.3.4"]])
    let conditions = status?["conditions"]?.array ?? []
    #expect(
      conditions.map { $0["type"]?.string }
        == ["PodScheduled", "Initialized", "Ready", "ContainersReady"])
    #expect(conditions.allSatisfy { $0["status"] == "True" })
    let container = status?["containerStatuses"]?[0]
    #expect(container?["name"] == "c" && container?["image"] == "i")
    #expect(container?["ready"] == true && container?.at("state", "running", "startedAt") == time)
    await world.api.stop()
  }

  @Test("tokens are renewed at 80 % of their life, and the pod is not set Ready again")
  func renewed() async throws {
    let world = try World(Self.tokenVolume)
    world.answerToken("t1")
    let worker = try world.worker()
    let task = Task { await worker.run(afterRemoving: false) }
    await eventually { world.clock.sleeperCount != 0 }
    #expect(world.file("t") == "t1")
    world.clock.advance(by: .seconds(789))
    #expect(!world.freshness.isStale(at: world.clock.now))
    #expect(world.api.bodies(Self.token).count == 1)
    world.answerToken("t2")
    var coming = world.api.coming.makeAsyncIterator()
    world.clock.advance(by: .seconds(11))
    _ = await coming.next()
    await eventually { world.clock.sleeperCount != 0 }
    #expect(world.file("t") == "t2")
    #expect(!world.freshness.isStale(at: world.clock.now))
    #expect(
      world.operations == [EventOperation.volumesWritten, EventOperation.volumesRenewed])
    #expect(world.api.bodies(Self.status).count == 1)
    #expect(world.told.texts.withLock { $0 } == ["ready"])
    task.cancel()
    await task.value
    await world.api.stop()
  }

  @Test("what cannot be written is told once, where users look, and tried again")
  func failing() async throws {
    let world = try World(Self.tokenVolume)
    let refusal: JSON = ["kind": "Status", "message": "no"]
    world.api.set(Self.token, refusal, status: 403)
    var coming = world.api.coming.makeAsyncIterator()
    var worker = try world.worker()
    worker.pause = { _ in }
    let task = Task { [worker] in await worker.run(afterRemoving: false) }
    var tries = 0
    while tries < 2, let request = await coming.next() {
      if request.name == Self.token { tries += 1 }
    }
    world.answerToken("t1")
    await eventually { world.clock.sleeperCount != 0 }
    task.cancel()
    await task.value
    #expect(world.told.texts.withLock { $0 } == ["no token for n/a: no", "ready"])
    let events = world.api.bodies(Self.event)
    #expect(events.count == 1)
    #expect(events.first?["reason"] == "FailedMount" && events.first?["type"] == "Warning")
    #expect(events.first?["message"] == "no token for n/a: no")
    #expect(
      events.first?["involvedObject"] == [
        "kind": "Pod", "apiVersion": "v1", "namespace": "n", "name": "p", "uid": "u",
      ])
    let failed = world.events.entries(after: 0).first?.json
    #expect(failed?["outcome"]?.string == EventOutcome.failed)
    #expect(failed?["reason"] == "no token for n/a: no")
    #expect(world.operations.count == 2)
    await world.api.stop()
  }

  @Test("the folder of another pod of the name is not taken for this one's")
  func replaced() async throws {
    for isReplaced in [true, false] {
      let world = try World(Self.fieldVolume)
      for folder in ["n", "n/p"] { try SafeFile.makeFolder("\(world.root)/\(folder)") }
      try SafeFile.write([1], to: "\(world.root)/n/p/old")
      try await world.worker().run(afterRemoving: isReplaced)
      #expect(SafeFile.exists("\(world.root)/n/p/old") == !isReplaced)
      #expect(world.file("n") == "p")
      await world.api.stop()
    }
  }

  @Test("a pod that is gone is not Ready; one that was said to be is Ready after some tries")
  func gone() async throws {
    let world = try World(Self.fieldVolume)
    world.api.set(Self.status, ["kind": "Status", "message": "gone"], status: 404)
    let pauses = Mutex<[Duration]>([])
    var worker = try world.worker()
    worker.pause = { [api = world.api, told = world.told] pause in
      #expect(told.texts.withLock { $0 }.isEmpty)
      let count = pauses.withLock { pauses in
        pauses.append(pause)
        return pauses.count
      }
      if count == 7 { api.set(Self.status, [:]) }
    }
    await worker.run(afterRemoving: false)
    #expect(world.told.texts.withLock { $0 } == ["ready"])
    let waited = [400, 800, 1600, 3200, 6400, 10_000, 10_000].map { Duration.milliseconds($0) }
    #expect(pauses.withLock { $0 } == waited)
    await world.api.stop()
  }
}
