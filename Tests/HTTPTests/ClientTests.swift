import Glibc
import Platform
import Synchronization
import Testing

@testable import HTTP

/// The client against servers that are slow, greedy or hostile, and callers who give up.
@Suite(.timeLimit(.minutes(10))) struct ClientTests {
  let loops = EventLoops(count: 1)

  private func url(_ server: RawServer, _ target: String = "/") throws -> HTTPURL {
    try #require(HTTPURL("http://127.0.0.1:\(server.port)\(target)"))
  }

  /// A server that reads and never answers, and tells when a request has come.
  private func silent() throws -> (server: RawServer, came: AsyncStream<Void>) {
    let (came, tell) = AsyncStream<Void>.makeStream()
    let server = try #require(
      RawServer { connection, _ in
        tell.yield()
        var byte: UInt8 = 0
        while read(connection, &byte, 1) > 0 {}
        tell.finish()
      })
    return (server, came)
  }

  @Test("a cancelled task gets its answer at once, and the connection is closed")
  func cancelled() async throws {
    let (server, came) = try silent()
    let client = HTTPClient(loops: loops)
    let address = try url(server)
    let sending = Task {
      try await client.send(HTTPClientRequest(url: address), timeout: .seconds(50))
    }
    var arrivals = came.makeAsyncIterator()
    await arrivals.next()
    sending.cancel()
    await #expect(throws: HTTPClientError.cancelled) { try await sending.value }
    // The stream ends once the server has read the end of the connection.
    #expect(await arrivals.next() == nil)
  }

  @Test("what is cancelled before is never sent")
  func cancelledBefore() async throws {
    let (server, _) = try silent()
    let client = HTTPClient(loops: loops)
    let address = try url(server)
    let (gate, open) = AsyncStream<Void>.makeStream()
    let sending = Task {
      for await _ in gate {}
      _ = try await client.send(HTTPClientRequest(url: address), timeout: .seconds(50))
    }
    sending.cancel()
    open.finish()
    await #expect(throws: HTTPClientError.cancelled) { try await sending.value }
    #expect(server.requests.isEmpty)
  }

  @Test("a connection that is not made yet is given up as well")
  func cancelledConnecting() async throws {
    // A listener whose queue is full lets nobody in; the kernel drops what more comes.
    let listener = try #require(FullListener())
    let client = HTTPClient(loops: loops)
    let address = try #require(HTTPURL("http://127.0.0.1:\(listener.port)/"))
    let sending = Task {
      try await client.send(HTTPClientRequest(url: address), timeout: .seconds(50))
    }
    await Task.yield()
    sending.cancel()
    await #expect(throws: HTTPClientError.cancelled) { try await sending.value }
  }

  @Test("a stream that waits for its head, or for a piece, ends with its task")
  func cancelledStream() async throws {
    let (server, came) = try silent()
    let client = HTTPClient(loops: loops)
    let address = try url(server)
    let opening = Task { _ = try await client.stream(HTTPClientRequest(url: address)) }
    var arrivals = came.makeAsyncIterator()
    await arrivals.next()
    opening.cancel()
    await #expect(throws: HTTPClientError.cancelled) { try await opening.value }

    let slow = try #require(
      RawServer { connection, _ in
        _ = RawServer.send(Array("HTTP/1.1 200 OK\r\n\r\nfirst".utf8), to: connection)
        var byte: UInt8 = 0
        while read(connection, &byte, 1) > 0 {}
      })
    let slowAddress = try url(slow)
    let (pieces, told) = AsyncStream<[UInt8]>.makeStream()
    let reading = Task {
      let stream = try await client.stream(HTTPClientRequest(url: slowAddress))
      for try await piece in stream.body { told.yield(piece) }
    }
    var told2 = pieces.makeAsyncIterator()
    #expect(await told2.next() == Array("first".utf8))
    reading.cancel()
    try await reading.value
  }

  @Test(
    "what would break the head is refused and never sent",
    arguments: [
      { $0.method = "GET / HTTP/1.1\r\nX: y\r\n\r\nGET" }, { $0.method = "" },
      { $0.url.target = "/a\r\nX: y" }, { $0.url.target = "/a b" }, { $0.url.target = "/\0" },
      { $0.url.host = "127.0.0.1\r\nX: y" }, { $0.headers["X"] = "a\r\nY: b" },
      { $0.headers["X"] = "a\nY: b" }, { $0.headers["X"] = "a\0b" }, { $0.headers["X"] = "\u{7F}" },
      { $0.headers.append("X: y\r\nZ", "a") }, { $0.headers.append("", "a") },
      { $0.headers.append("X Y", "a") }, { $0.headers["Authorization"] = "Bearer a\rb" },
    ] as [@Sendable (inout HTTPClientRequest) -> Void])
  func injection(change: @Sendable (inout HTTPClientRequest) -> Void) async throws {
    let server = try #require(RawServer(Array("HTTP/1.1 204 No\r\n\r\n".utf8)))
    let client = HTTPClient(loops: loops)
    var request = HTTPClientRequest(url: try url(server))
    change(&request)
    do throws(HTTPClientError) {
      _ = try await client.send(request, timeout: .seconds(5))
      Issue.record("it was sent")
    } catch {
      guard case .malformedRequest = error else {
        Issue.record("\(error)")
        return
      }
    }
    #expect(server.requests.isEmpty)
  }

  @Test("tabs and letters beyond ASCII go through")
  func ordinaryValues() async throws {
    let server = try #require(RawServer(Array("HTTP/1.1 204 No\r\n\r\n".utf8)))
    let request = HTTPClientRequest(url: try url(server), headers: ["X": "a\tb é"])
    #expect(try await HTTPClient(loops: loops).send(request).status == 204)
  }

  @Test("an endless stream waits in the server while its reader does not read")
  func backPressure() async throws {
    let sent = Mutex(0)
    let (blocked, isBlocked) = AsyncStream<Void>.makeStream()
    let server = try #require(
      RawServer { connection, _ in
        var small: Int32 = 65_536
        setsockopt(
          connection, SOL_SOCKET, SO_SNDBUF, &small, socklen_t(MemoryLayout<Int32>.size))
        var patience = timeval(tv_sec: 0, tv_usec: 300_000)
        setsockopt(
          connection, SOL_SOCKET, SO_SNDTIMEO, &patience,
          socklen_t(MemoryLayout<timeval>.size))
        _ = RawServer.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8), to: connection)
        let piece = [UInt8](repeating: 7, count: 65_536)
        // Until nobody takes any more, or far beyond what may wait.
        while sent.withLock({ $0 }) < 64 << 20, RawServer.send(piece, to: connection) {
          sent.withLock { $0 += piece.count }
        }
        isBlocked.finish()
      })
    let stream = try await HTTPClient(loops: loops).stream(HTTPClientRequest(url: try url(server)))
    for await _ in blocked {}
    // What waits here, and what the kernel keeps for both ends.
    #expect(sent.withLock { $0 } < 16 << 20)
    var count = 0
    for try await piece in stream.body { count += piece.count }
    #expect(count >= HTTPClientBody.limit)
    #expect(count >= sent.withLock { $0 })
  }

  @Test("a body that is read slowly comes whole, over and over the limit")
  func slowReader() async throws {
    let total = 20 * HTTPClientBody.limit
    let server = try #require(
      RawServer { connection, _ in
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n"
        _ = RawServer.send(Array(head.utf8), to: connection)
        _ = RawServer.send([UInt8](repeating: 1, count: total), to: connection)
      })
    let stream = try await HTTPClient(loops: loops).stream(HTTPClientRequest(url: try url(server)))
    var count = 0
    for try await piece in stream.body {
      count += piece.count
      if count % 7 == 0 { await Task.yield() }
    }
    #expect(count == total)
  }

  @Test("a collected answer beyond the limit is an error")
  func tooLarge() async throws {
    let server = try #require(
      RawServer(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + [UInt8](repeating: 1, count: 5000)))
    let client = HTTPClient(loops: loops, bodyLimit: 4999)
    let address = try url(server)
    await #expect(throws: HTTPClientError.tooLarge) {
      try await client.send(HTTPClientRequest(url: address))
    }
  }
}

/// A listener whose queue of connections is full.
private final class FullListener: Sendable {
  let port: UInt16
  private let descriptors: [Int32]

  init?() {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var open = [listener]
    let isDone = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        guard bind(listener, pointer, length) == 0, listen(listener, 0) == 0,
          getsockname(listener, pointer, &length) == 0
        else { return false }
        for _ in 0..<8 {
          let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
          let client = socket(AF_INET, type, 0)
          _ = connect(client, pointer, length)
          open.append(client)
        }
        return true
      }
    }
    descriptors = open
    port = UInt16(bigEndian: address.sin_port)
    guard isDone else { return nil }
  }

  deinit { for descriptor in descriptors { close(descriptor) } }
}
