import AdminAPI
import HTTP
import JSON
import Kubelet
import KubernetesClient
import Platform
import PodIdentity
import TestSupport
import Testing

@testable import NodeAgent

/// The node, beside an API server of a few answers.
@Suite(.timeLimit(.minutes(10))) struct NodeControllerTests {
  private static let nodes = "/api/v1/nodes"
  private static let pods = "/api/v1/pods"
  private let api: TestAPI
  private let root: String
  private let clock = OffsetClock(base: ManualClock(), offset: .seconds(5))
  private let events = EventLog(service: "t")
  private let mark = StackMark(adminToken: "t")

  init() throws {
    api = try TestAPI()
    root = try Scratch.folder()
    api.set("POST \(Self.nodes)", [:], status: 201)
    api.set("PATCH \(Self.nodes)/l", [:])
    api.set("PATCH \(Self.nodes)/l/status", [:])
    for name in ["p", "q", "s"] { api.set("PATCH /api/v1/namespaces/n/pods/\(name)/status", [:]) }
  }

  private func controller() throws -> NodeController {
    NodeController(
      client: try api.client(mark: mark.put), node: "l", root: root, clock: clock,
      realClock: ManualClock(), mark: mark, randomness: .seeded(1), events: events, log: .none,
      isOutdated: { true })
  }

  /// Runs the node while `body` looks on.
  private func run(_ body: () async throws -> Void) async throws {
    let controller = try controller()
    let task = Task { await EventOrigin.$current.withValue(.stack) { await controller.run() } }
    try await body()
    task.cancel()
    await task.value
    await api.stop()
  }

  private static func pod(
    _ name: String, uid: String = "u", _ metadata: JSONObject = [:]
  ) -> JSON {
    var all = metadata
    all["name"] = .string(name)
    all["namespace"] = "n"
    all["uid"] = .string(uid)
    return [
      "metadata": .object(all),
      "spec": [
        "serviceAccountName": "a",
        "volumes": [
          [
            "name": "v",
            "downwardAPI": ["items": [["path": "u", "fieldRef": ["fieldPath": "metadata.uid"]]]],
          ]
        ],
        "containers": [["name": "c", "volumeMounts": [["name": "v", "mountPath": "/v"]]]],
      ],
    ]
  }

  private func list(_ pods: [JSON]) {
    api.set(
      "GET \(Self.pods)", ["metadata": ["resourceVersion": "1"], "items": .array(pods)])
  }

  /// The text of the file of a pod's volume; nil where there is none.
  private func file(_ pod: String) -> String? {
    let name = FolderWalk(path: root)?.folder(["n", pod, "v"])?.names().first {
      $0.hasPrefix("..") && $0 != "..data"
    }
    return name.flatMap { try? SafeFile.readText("\(root)/n/\(pod)/v/\($0)/u") }
  }

  private func folderIsThere(_ pod: String) -> Bool { SafeFile.exists("\(root)/n/\(pod)") }

  /// Waits until requests of these names have come.
  private func requests(_ names: String...) async {
    let coming = api.coming
    var missing = Set(names)
    for request in api.requests { missing.remove(request.name) }
    guard !missing.isEmpty else { return }
    for await request in coming {
      missing.remove(request.name)
      if missing.isEmpty { return }
    }
  }

  @Test("it registers, Ready, with the clock's offset, and shows that whenever it is moved")
  func registers() async throws {
    try await run {
      await requests("POST \(Self.nodes)", "PATCH \(Self.nodes)/l/status", "PATCH \(Self.nodes)/l")
      let made = api.bodies("POST \(Self.nodes)").first
      #expect(made?.at("metadata", "name") == "l" && made?["kind"] == "Node")
      #expect(made?.at("metadata", "labels", "kubernetes.io/hostname") == "l")
      #expect(made?.at("metadata", "annotations", NodeClock.annotation) == "5.0")
      let status = api.bodies("PATCH \(Self.nodes)/l/status").first?["status"]
      let condition = status?["conditions"]?[0]
      #expect(condition?["type"] == "Ready" && condition?["status"] == "True")
      #expect(condition?["lastHeartbeatTime"]?.string == ManualClock().now.rfc3339)
      let patches = { api.bodies("PATCH \(Self.nodes)/l").map(NodeClock.offset) }
      #expect(patches() == [.seconds(5)])
      clock.offset = .seconds(7)
      await eventually { patches().count > 1 }
      #expect(patches().last == .seconds(7))
    }
    let watch = api.requests.first { $0.name == "GET \(Self.pods)" }
    #expect(watch?.target == "\(Self.pods)?fieldSelector=spec.nodeName%3Dl")
    #expect(api.requests.allSatisfy { $0.headers[StackMark.header] != nil })
  }

  @Test("a node that is there already is taken over", arguments: [409, 403])
  func registered(status: Int) async throws {
    api.set(
      "POST \(Self.nodes)", ["kind": "Status", "code": .integer(Int64(status))], status: status)
    try await run {
      await requests("POST \(Self.nodes)", "PATCH \(Self.nodes)/l", "GET \(Self.pods)")
      if status == 409 {
        await requests("PATCH \(Self.nodes)/l/status")
      } else {
        await eventually { api.bodies("POST \(Self.nodes)").count > 1 }
        #expect(api.bodies("PATCH \(Self.nodes)/l/status").isEmpty)
      }
    }
  }

  @Test("a node that somebody removes registers again")
  func comesBack() async throws {
    api.set(
      "GET \(Self.nodes)", ["metadata": ["resourceVersion": "1"], "items": [[:]]])
    try await run {
      await requests("POST \(Self.nodes)", "GET \(Self.nodes)")
      api.tell(Self.nodes, "MODIFIED", ["metadata": ["name": "l"]])
      api.tell(Self.nodes, "DELETED", ["metadata": ["name": "l"]])
      await eventually { api.bodies("POST \(Self.nodes)").count == 2 }
    }
  }

  @Test("the volumes of its pods are written, and those of pods that are gone removed")
  func takes() async throws {
    for folder in ["n", "n/old", "n/p"] { try SafeFile.makeFolder("\(root)/\(folder)") }
    list([Self.pod("p"), Self.pod("s", ["deletionTimestamp": "2026-01-01T00:00:00Z"])])
    try await run {
      await eventually { file("p") == "u" }
      await eventually { !folderIsThere("old") }
      api.tell(Self.pods, "ADDED", Self.pod("q", uid: "u2"))
      await eventually { file("q") == "u2" }
      api.tell(
        Self.pods, "ADDED", Self.pod("held", ["annotations": ["podid.local/held-by": "x"]]))
      // Another pod of the name takes the folder over.
      api.tell(Self.pods, "MODIFIED", Self.pod("q", uid: "u3"))
      await eventually { file("q") == "u3" }
      // The end of the former is not that of the present one.
      api.tell(Self.pods, "DELETED", Self.pod("q", uid: "u2"))
      api.tell(Self.pods, "DELETED", Self.pod("p"))
      await eventually { !folderIsThere("p") }
      #expect(file("q") == "u3")
      #expect(!folderIsThere("s") && !folderIsThere("held"))
    }
    let removed = events.entries(after: 0).map(\.json).filter {
      $0["operation"]?.string == EventOperation.podRemoved
    }
    #expect(
      removed.map { $0["subject"] } == [["namespace": "n", "serviceAccount": "a", "pod": "p"]])
  }

  @Test("a list after a gap is taken whole: pods that are not in it are gone")
  func listedAnew() async throws {
    list([Self.pod("p"), Self.pod("q")])
    let watches = api.coming.filter {
      $0.name == "GET \(Self.pods)" && $0.target.contains("watch=true")
    }
    try await run {
      var watch = watches.makeAsyncIterator()
      _ = await watch.next()
      await eventually { file("p") == "u" && file("q") == "u" }
      list([Self.pod("q")])
      api.tell(Self.pods, "ERROR", ["kind": "Status", "code": 410, "reason": "Expired"])
      await eventually { !folderIsThere("p") }
      #expect(file("q") == "u")
      _ = await watch.next()
      // It is not this node's any more.
      api.tell(Self.pods, "DELETED", Self.pod("p"))
      api.tell(Self.pods, "ADDED", Self.pod("s", uid: "us"))
      await eventually { file("s") == "us" }
    }
    let operations = events.entries(after: 0).map { $0.json["operation"]?.string }
    #expect(!operations.contains(EventOperation.podRemoved))
  }

  @Test("a pod is the stack's own by a proof of its own name alone")
  func origins() async throws {
    let proof = JSON.string(mark.proof(of: "n/q"))
    let annotations: JSON = [PodWorker.originAnnotation: proof]
    list([Self.pod("p", ["annotations": annotations]), Self.pod("q", ["annotations": annotations])])
    try await run {
      await eventually { file("p") != nil && file("q") != nil }
      await eventually { events.entries(after: 0).count == 2 }
      for name in ["p", "q"] {
        await requests("PATCH /api/v1/namespaces/n/pods/\(name)/status")
      }
    }
    for entry in events.entries(after: 0) {
      let isOwn = entry.json.at("subject", "pod") == "q"
      #expect((entry.event.origin == .stack) == isOwn)
    }
    for request in api.requests where request.name.hasSuffix("/pods/p/status") {
      #expect(request.headers[StackMark.header] == nil)
    }
    for request in api.requests where request.name.hasSuffix("/pods/q/status") {
      #expect(request.headers[StackMark.header] != nil)
    }
  }

  @Test("it ends where the cluster does not answer and is to be looked for elsewhere")
  func outdated() async throws {
    api.set("GET \(Self.pods)", ["kind": "Status"], status: 500)
    await (try controller()).run()
    await api.stop()
  }
}
