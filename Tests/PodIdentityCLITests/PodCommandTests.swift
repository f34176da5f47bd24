import Glibc
import HTTP
import JSON
import Kubelet
import Platform
import Synchronization
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// `podid pod`: from the wish for a pod to its end, each in a process of its own.
@Suite(.timeLimit(.minutes(10))) struct PodCommandTests {
  private static let path = "/api/v1/namespaces/default/pods"

  private static func pod(_ holder: String) -> JSON {
    [
      "metadata": [
        "name": "web", "namespace": "default", "uid": "u-1", "resourceVersion": "1",
        "annotations": [PodWorker.holderAnnotation: .string(holder)],
      ],
      "spec": [
        "serviceAccountName": "app", "nodeName": "local-node",
        "volumes": [["name": "v", "emptyDir": [:]]],
        "containers": [
          ["name": "app", "volumeMounts": [["name": "v", "mountPath": "/data"]]]
        ],
      ],
    ]
  }

  /// A cluster that has the pod from the start, or from its making on.
  private static func stack(isThere: Bool, holder: String = "x") throws -> StandInStack {
    let isMade = Mutex(isThere)
    return try StandInStack { call in
      let pod = pod(holder)
      if call.contains("watch=") { return .text(200, "") }
      if call == "GET \(path)/web" { return isMade.withLock { $0 } ? .json(200, pod) : nil }
      if call.hasPrefix("POST \(path) ") {
        isMade.withLock { $0 = true }
        return .json(201, pod)
      }
      if call.hasPrefix("GET \(path)?") {
        return .json(200, ["metadata": ["resourceVersion": "1"], "items": [pod]])
      }
      if call.hasPrefix("GET /api/v1/nodes?") {
        return .json(200, ["metadata": ["resourceVersion": "1"], "items": []])
      }
      return call.hasPrefix("PATCH ") || call.hasPrefix("DELETE ") ? .json(200, [:]) : nil
    }
  }

  /// Holds a pod until it is Ready, then ends that by a signal.
  private static func hold(isThere: Bool) async throws {
    TerminationSignals.prepare()
    let stack = try stack(isThere: isThere)
    let folder = Scratch.path()
    let words = ["--service-account", "app", "--name", "web", "--into", folder]
    let holding = Task { try await Printed.by(.pod, words, stack.environment) }
    await eventually { SafeFile.exists("\(folder)/.ready") }
    let isMounted = SafeFile.exists("\(folder)/data")
    let note = PodFolder(path: folder).note()
    kill(getpid(), SIGTERM)
    let found = try await holding.value
    #expect(found.code == 0 && found.failure.isEmpty)
    let verb = isThere ? "is adopted and Ready" : "is Ready"
    #expect(
      found.output == [
        "pod default/web \(verb); its files are below \(folder)", "pod default/web is deleted",
      ])
    #expect(isMounted && note?.hasPrefix("default/app has neither an association") == true)
    #expect(found.errors == ["podid pod: \(note ?? "")"])
    #expect(!SafeFile.exists("\(folder)/.ready"))
    let verbs = stack.writes.map { String($0.prefix { $0 != " " }) }
    #expect(verbs == (isThere ? [] : ["POST"]) + ["PATCH", "DELETE"])
    #expect(stack.writes.last?.hasPrefix("DELETE \(path)/web ") == true)
    #expect(stack.writes.last?.contains(#""preconditions":{"uid":"u-1"}"#) == true)
  }

  @Test("a pod is made or adopted, set Ready, and deleted with its files at the end")
  func holds() async {
    await #expect(processExitsWith: .success) { try await PodCommandTests.hold(isThere: false) }
    await #expect(processExitsWith: .success) { try await PodCommandTests.hold(isThere: true) }
  }

  @Test("while there can be no pod, the reason is told once, and again where it is another")
  func waits() async {
    await #expect(processExitsWith: .success) {
      TerminationSignals.prepare()
      let asked = Mutex(0)
      let stack = try StandInStack { call in
        guard call == "GET \(PodCommandTests.path)/web" else { return nil }
        let count = asked.withLock { count in
          count += 1
          return count
        }
        if count == 4 { kill(getpid(), SIGTERM) }
        let text: JSON = count < 3 ? "first" : "second"
        return .json(503, ["kind": "Status", "message": text])
      }
      let folder = Scratch.path()
      let found = try await Printed.by(
        .pod, ["--service-account", "app", "--name", "web", "--into", folder], stack.environment)
      #expect(found.code == 0 && found.output.isEmpty && stack.writes.isEmpty)
      #expect(
        found.errors
          == ["first", "second"].map {
            "podid pod: no pod of default/app yet: \($0)"
          })
      #expect(try SafeFile.readText("\(folder)/.reason") == "no pod of default/app yet: second")
    }
  }

  @Test("a volume that another holder keeps is not written; the pod that was made for it goes")
  func locked() async {
    await #expect(processExitsWith: .success) {
      for isThere in [false, true] {
        let stack = try PodCommandTests.stack(isThere: isThere)
        let folder = try Scratch.folder()
        try SafeFile.makeFolder("\(folder)/data")
        let lock = try FolderLock(path: "\(folder)/data", meaning: "")
        let words = ["--service-account", "app", "--name", "web", "--into", folder]
        let found = try await Printed.by(.pod, words, stack.environment)
        let reason =
          "\(folder)/data: another pod's files are kept there; scale the app, not its pod"
        #expect(found.code == nil && found.failure == reason)
        #expect(try SafeFile.readText("\(folder)/.reason") == reason)
        let verbs = stack.writes.map { String($0.prefix { $0 != " " }) }
        #expect(verbs == (isThere ? [] : ["POST", "DELETE"]))
        withExtendedLifetime(lock) {}
      }
    }
  }

  @Test("the health check tells what the holder said: 0 where the pod is Ready, else 1")
  func checks() async {
    await #expect(processExitsWith: .success) {
      let folder = PodFolder(path: try Scratch.folder())
      let words = ["--check", "--into", folder.path]
      let nobody = try await Printed.by(.pod, words)
      #expect(nobody.code == 1 && nobody.output.isEmpty)
      #expect(nobody.errors == ["podid pod: nobody holds a pod into \(folder.path)"])
      let lock = try folder.lock()
      try folder.setReady(namespace: "n", name: "p", uid: "u", note: nil)
      let ready = try await Printed.by(.pod, ["--check"], ["PODID_POD_INTO": folder.path])
      #expect(ready.code == 0 && ready.output.isEmpty && ready.errors.isEmpty)
      try folder.setReady(namespace: "n", name: "p", uid: "u", note: "no identity")
      let noted = try await Printed.by(.pod, words)
      #expect(noted.code == 0 && noted.output == ["no identity"])
      withExtendedLifetime(lock) {}
    }
  }

  @Test("a pod's address is one that this machine has")
  func address() {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    #expect(inet_pton(AF_INET, OwnAddress.find(), &address.sin_addr) == 1)
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    let isOwn = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    #expect(isOwn)
  }
}
