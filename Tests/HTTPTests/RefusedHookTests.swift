import HTTP
import Platform
import Synchronization
import Testing

/// A server's owner is told of requests that cannot be read.
@Suite(.timeLimit(.minutes(10))) struct RefusedHookTests {
  /// The statuses that a server told of while it was sent these bytes.
  private func told(_ sent: String, head: Duration = .seconds(60)) async throws -> [Int] {
    let statuses = Mutex<[Int]>([])
    let server = HTTPServer(
      HTTPServerConfiguration(
        listen: [HostPort(host: "127.0.0.1", port: 0)], deadlines: HTTPDeadlines(head: head),
        refused: { status in statuses.withLock { $0.append(status) } }),
      loops: EventLoops(count: 1), handler: ClosureHandler { _ in .text(400, "the handler's own") })
    try server.start()
    let line = try #require(RawLine(port: Int(server.addresses[0].port)))
    line.send(sent)
    _ = line.readAll()
    await server.stop(grace: .zero)
    return statuses.withLock { $0 }
  }

  @Test(
    "each one that cannot be read is told with its status, and no other",
    arguments: [
      ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", []),
      ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", [400]), ("GET / HTTP/1.1\r\n\r\n", [400]),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n", [501]),
      ("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/2.0\r\nHost: a\r\n\r\n", [505]),
    ])
  func refused(sent: String, statuses: [Int]) async throws {
    #expect(try await told(sent) == statuses)
  }

  @Test("so is one that does not come whole in time")
  func late() async throws {
    #expect(try await told("GET / HT", head: .milliseconds(20)) == [408])
  }
}
