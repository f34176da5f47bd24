import Glibc
import Platform
import Testing

@testable import HTTP

/// Ports that stay a program's while it is put in its own place.
@Suite(.timeLimit(.minutes(10))) struct HeldListenersTests {
  /// A socket of somebody who shares addresses where the others do; nil where the port is not to be
  /// had.
  private func socket(_ port: UInt16, isListening: Bool) -> Int32? {
    let address = SocketAddress(numeric: "127.0.0.1", port: port)
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    let isBound = address?.withPointer { bind(descriptor, $0, $1) } == 0
    if isBound, !isListening || listen(descriptor, 1) == 0 { return descriptor }
    close(descriptor)
    return nil
  }

  private func server(_ port: UInt16, _ loops: EventLoops) throws -> HTTPServer {
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: port)]), loops: loops,
      handler: ClosureHandler { _ in .text(200, "ok") })
    try server.start()
    return server
  }

  @Test("a held port refuses connections, is nobody else's, and is listened on again")
  func held() async throws {
    let loops = EventLoops(count: 1)
    let place = try #require(socket(0, isListening: false))
    let port = SocketAddress.of(place, peer: false).port
    let first = try server(port, loops)
    close(place)
    // A connection that was served leaves the port in TIME_WAIT.
    #expect(RawLine(port: Int(port)) != nil)
    first.hold()
    await first.stop(grace: .zero)
    #expect(RawLine(port: Int(port)) == nil)
    #expect(socket(port, isListening: false) == nil && socket(port, isListening: true) == nil)
    let names = HeldListeners.names
    #expect(throws: HTTPServerError.self) { try server(port, loops) }
    // Words that name no such socket are passed over.
    HeldListeners.adopt("x,-1,0,99999999999,2147483647,\(names),1")
    let second = try server(port, loops)
    HeldListeners.closeRest()
    #expect(second.addresses.map(\.port) == [port])
    let line = try #require(RawLine(port: Int(port)))
    line.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    #expect(String(decoding: line.readAll() ?? [], as: UTF8.self).contains("200"))
    await second.stop(grace: .zero)
  }
}
