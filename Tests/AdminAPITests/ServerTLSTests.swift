import Cryptography
import Glibc
import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import AdminAPI

/// The certificate of a server that runs for long.
@Suite(.timeLimit(.minutes(10))) struct ServerTLSTests {
  private func context(_ clock: ManualClock, _ loops: EventLoops) throws -> ServerContext {
    let root = try StateFolder(root: Scratch.path())
    return ServerContext(
      service: "test",
      settings: try SettingsTable(program: "test", summary: "", rows: []).parse(
        [], environment: ProcessEnvironment([:])),
      environment: ProcessEnvironment([:]), root: root, state: try root.folder("test"), log: .none,
      events: EventLog(service: "test"),
      faults: FaultBook(of: "test", catalogue: FaultBookTests.catalogue),
      clock: OffsetClock(base: clock), realClock: clock, randomness: .system, loops: loops,
      mark: StackMark(adminToken: "t"))
  }

  @Test("a new certificate is shown once a day has passed, and a failure ends nothing")
  func renewal() async throws {
    // Clients judge by the machine's time.
    let clock = ManualClock(SystemClock().now + .seconds(-3 * 86_400))
    let loops = EventLoops(count: 1)
    let context = try context(clock, loops)
    let tls = try ServerTLS(
      context, names: ["localhost", "127.0.0.1", "0.0.0.0"], authority: "test")
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)], tls: tls.context),
      loops: loops, handler: ClosureHandler { _ in HTTPResponse(status: 200) })
    try server.start()
    let address = try #require(HTTPURL(server.urls[0]))
    func status(_ authority: String) async throws -> Int? {
      let client = HTTPClient(loops: loops, tls: try TLSClientContext(authoritiesPEM: authority))
      return try? await client.send(HTTPClientRequest(url: address)).status
    }
    let renewal = Task { await tls.renew() }
    /// A day passes, until the next one is waited for.
    func day() async {
      while clock.sleeperCount == 0 { await Task.yield() }
      clock.advance(by: .seconds(86_400))
      while clock.sleeperCount == 0 { await Task.yield() }
    }
    let first = tls.certificate.authorityPEM
    #expect(try await status(first) == 200)
    // One that cannot be read: the old certificate is shown on.
    let file = context.state.file("ca.crt")
    try SafeFile.write(Array("broken".utf8), to: file)
    await day()
    #expect(try await status(first) == 200)
    // Without its authority a certificate is made anew, as one that nears its end is.
    unlink(file)
    await day()
    let second = try SafeFile.readText(file)
    #expect(second != first)
    #expect(try await status(second) == 200)
    #expect(try await status(first) == nil)
    renewal.cancel()
    await renewal.value
    await server.stop(grace: .zero)
    loops.stop()
  }
}
