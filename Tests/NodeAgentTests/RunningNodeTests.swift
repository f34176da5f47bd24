import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import AdminAPI
@testable import NodeAgent

/// The node before there is a cluster.
@Suite(.timeLimit(.minutes(10))) struct RunningNodeTests {
  @Test("it waits for the kubeconfig, whose folder may come with it, and works as its node")
  func waits() async throws {
    let api = try TestAPI()
    let root = try StateFolder(root: Scratch.path())
    let loops = EventLoops(count: 1)
    let (remarks, told) = AsyncStream<Void>.makeStream()
    var waiting = remarks.makeAsyncIterator()
    let settings = try NodeAgentSettings.table.parse(
      ["--state", root.path], environment: ProcessEnvironment([:]))
    let server = ServerContext(
      service: "node-agent", settings: settings, environment: ProcessEnvironment([:]), root: root,
      state: try root.folder("node-agent"),
      log: Log(service: "node-agent", level: .info) { _ in told.yield() },
      events: EventLog(service: "node-agent"),
      faults: FaultBook(of: "node-agent", catalogue: AgentFaults.catalogue),
      clock: OffsetClock(), realClock: SystemClock(), randomness: .system, loops: loops,
      mark: StackMark(adminToken: "t"))
    let node = RunningNode(server, try NodeAgentSettings(settings))
    var coming = api.coming.makeAsyncIterator()
    let running = Task { await node.run() }
    await waiting.next()
    for folder in ["kubernetes-api", "kubernetes-api/node"] {
      try SafeFile.makeFolder(root.file(folder))
    }
    let path = root.file("kubernetes-api/node/kubeconfig")
    // One that is no kubeconfig is told of, and is not the last word.
    try SafeFile.write(Array("{}".utf8), to: path)
    await waiting.next()
    try SafeFile.write(api.kubeconfig.bytes(), to: path)
    #expect(await coming.next() != nil)
    running.cancel()
    await running.value
    await api.stop()
    loops.stop()
  }
}
