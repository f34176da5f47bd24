import AdminAPI
import JSON
import KubernetesClient
import Platform
import TestSupport
import Testing

@testable import Kubelet
@testable import NodeAgent

/// Pods' tokens after the stack's clock was moved.
@Suite(.timeLimit(.minutes(10))) struct MovedClockTests {
  private static let token = "POST /api/v1/namespaces/n/serviceaccounts/a/token"
  private let api: TestAPI
  private let root: String
  private let clock = OffsetClock(base: ManualClock(), offset: .zero)

  init() throws {
    api = try TestAPI()
    root = try Scratch.folder()
    api.set("POST /api/v1/nodes", [:], status: 201)
    for name in ["nodes/l", "nodes/l/status", "namespaces/n/pods/p/status"] {
      api.set("PATCH /api/v1/\(name)", [:])
    }
  }

  private func answer(_ text: String, seconds: Int64) {
    let expires = (clock.now + .seconds(seconds)).rfc3339
    api.set(
      Self.token, ["status": ["token": .string(text), "expirationTimestamp": .string(expires)]],
      status: 201)
  }

  private var file: String? {
    let name = FolderWalk(path: root)?.folder(["n", "p", "v"])?.names().first {
      $0.hasPrefix("..") && $0 != "..data"
    }
    return name.flatMap { try? SafeFile.readText("\(root)/n/p/v/\($0)/t") }
  }

  @Test("whoever moves the clock waits until the tokens are of the new time, two seconds at most")
  func settles() async throws {
    let pod: JSON = [
      "metadata": ["name": "p", "namespace": "n", "uid": "u"],
      "spec": [
        "serviceAccountName": "a",
        "volumes": [
          ["name": "v", "projected": ["sources": [["serviceAccountToken": ["path": "t"]]]]]
        ],
        "containers": [["name": "c", "volumeMounts": [["name": "v", "mountPath": "/v"]]]],
      ],
    ]
    api.set("GET /api/v1/pods", ["metadata": ["resourceVersion": "1"], "items": [pod]])
    answer("t1", seconds: 1000)
    let controller = NodeController(
      client: try api.client(), node: "l", root: root, clock: clock, realClock: ManualClock(),
      mark: StackMark(adminToken: "t"), randomness: .seeded(1), events: EventLog(service: "t"),
      log: .none, isOutdated: { false })
    let task = Task { await controller.run() }
    await eventually { file == "t1" }
    let status = "PATCH /api/v1/namespaces/n/pods/p/status"
    await eventually { !api.bodies(status).isEmpty }
    // Fresh files are not waited for.
    await controller.settle()
    #expect(api.bodies(Self.token).count == 1)
    clock.offset = .seconds(5000)
    answer("t2", seconds: 1000)
    let start = ContinuousClock.now
    await controller.settle()
    #expect(file == "t2" || ContinuousClock.now - start >= .seconds(2))
    task.cancel()
    await task.value
    await api.stop()
  }
}
