import Platform
import Testing

@testable import HTTP

/// The server against peers that are slow, greedy, rude or gone.
@Suite(.timeLimit(.minutes(10))) struct EngineTests {
  let loops = EventLoops(count: 1)

  private func start(
    deadlines: HTTPDeadlines = HTTPDeadlines(), maximumConnections: Int = 100,
    _ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
  ) throws -> (server: HTTPServer, port: Int) {
    let server = HTTPServer(
      HTTPServerConfiguration(
        listen: [HostPort(host: "127.0.0.1", port: 0)], deadlines: deadlines,
        maximumConnections: maximumConnections),
      loops: loops, handler: ClosureHandler(answer))
    try server.start()
    return (server, Int(server.addresses[0].port))
  }

  private func request(_ target: String = "/", _ fields: String = "") -> String {
    "GET \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
  }

  /// Runs blocking work off the cooperative threads.
  private func blocking<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
    await withCheckedContinuation { continuation in
      Thread.run { continuation.resume(returning: body()) }
    }
  }

  private func count(_ word: String, in bytes: [UInt8]?) -> Int {
    String(decoding: bytes ?? [], as: UTF8.self).components(of: word)
  }

  @Test("a head, a body and an answer that take too long are given up, with the right status")
  func deadlines() async throws {
    // Long enough for a client that must wait for its turn before it says anything.
    let short = Duration.milliseconds(500)
    let (server, port) = try start(
      deadlines: HTTPDeadlines(head: short, body: short, handler: short, linger: short)
    ) { request in
      if request.target == "/slow" { try? await Task.sleep(for: .seconds(30)) }
      return .text(200, "done")
    }
    for (sent, status) in [
      ("GET / HTTP/1.1\r\nHo", "408 "),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab", "408 "),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na", "408 "),
      (request("/slow"), "503 "),
    ] {
      let answer = await blocking {
        let line = RawLine(port: port)
        line?.send(sent)
        return line?.readAll()
      }
      #expect(count("HTTP/1.1 \(status)", in: answer) == 1, "\(sent)")
    }
    await server.stop(grace: .zero)
  }

  @Test("a connection that rests too long is ended without a word")
  func idle() async throws {
    let (server, port) = try start(deadlines: HTTPDeadlines(idle: .milliseconds(500))) { _ in
      .text(200, "done")
    }
    let answer = await blocking { () -> [UInt8]? in
      let line = RawLine(port: port)
      line?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      return line?.readAll()
    }
    #expect(count("HTTP/1.1 200", in: answer) == 1)
    #expect(count("HTTP/1.1 ", in: answer) == 1)
    await server.stop(grace: .zero)
  }

  @Test("a client that pipelines and never reads holds no more than a buffer, then is cut off")
  func greedyPipelining() async throws {
    let (server, port) = try start(deadlines: HTTPDeadlines(write: .milliseconds(300))) { _ in
      .text(200, String(repeating: "x", count: 10_000))
    }
    let message = Array(request().utf8)
    let sent = await blocking { () -> Int in
      guard let line = RawLine(port: port, receiveBuffer: 4096) else { return -1 }
      var sent = 0
      // Until the server hangs up: what it takes is bounded, or this would go on for ever.
      while line.send(message) { sent += 1 }
      return sent
    }
    #expect(sent > 0)
    await server.stop(grace: .zero)
  }

  @Test("pipelined requests behind a slow reader are all answered once it reads")
  func slowPipelining() async throws {
    let (server, port) = try start { _ in .text(200, String(repeating: "x", count: 50_000)) }
    let message = request()
    let answer = await blocking { () -> [UInt8]? in
      let line = RawLine(port: port, receiveBuffer: 4096)
      for _ in 0..<100 { line?.send(message) }
      line?.finish()
      return line?.readAll()
    }
    #expect(count("HTTP/1.1 200", in: answer) == 100)
    #expect(answer?.suffix(5).allSatisfy { $0 == UInt8(ascii: "x") } == true)
    await server.stop(grace: .zero)
  }

  @Test("a large last answer reaches a slow reader whole, past the time for lingering")
  func lastAnswer() async throws {
    let (server, port) = try start(deadlines: HTTPDeadlines(linger: .milliseconds(50))) { _ in
      .text(200, String(repeating: "x", count: 8_000_000))
    }
    for fields in ["Connection: close\r\n", ""] {
      let message = request("/", fields)
      let answer = await blocking { () -> [UInt8]? in
        guard let line = RawLine(port: port, receiveBuffer: 4096) else { return nil }
        line.send(message)
        if fields.isEmpty { line.finish() }
        var all: [UInt8] = []
        var pauses = 0
        while let piece = line.read() {
          if piece.isEmpty { return all }
          all += piece
          // Slower than the lingering, for a while.
          pauses += 1
          if pauses < 20 { RawLine.pause(milliseconds: 10) }
        }
        return nil
      }
      #expect((answer?.count ?? 0) > 8_000_000, "\(fields)")
    }
    await server.stop(grace: .zero)
  }

  @Test("a stream to a reader who is always behind arrives whole")
  func behind() async throws {
    let (server, port) = try start { _ in
      HTTPResponse(
        status: 200,
        body: .stream(length: nil) { writer in
          for number in 0..<400 {
            try await writer.write([UInt8](repeating: UInt8(number % 251), count: 20_000))
          }
        })
    }
    let message = request("/", "Connection: close\r\n")
    let answer = await blocking { () -> [UInt8]? in
      guard let line = RawLine(port: port, receiveBuffer: 4096) else { return nil }
      line.send(message)
      return line.readAll()
    }
    // 400 chunks of 20,000 bytes with their sizes, the last chunk and the head.
    let body = answer.map { Array($0.suffix(400 * (20_000 + 8) + 5)) } ?? []
    #expect(body.prefix(6) == Array("4e20\r\n".utf8)[...])
    for number in stride(from: 0, to: 400, by: 13) {
      let start = number * 20_008 + 6
      #expect(body.count > start + 20_000)
      if body.count > start + 20_000 {
        #expect(body[start..<(start + 20_000)].allSatisfy { $0 == UInt8(number % 251) })
      }
    }
    await server.stop(grace: .zero)
  }

  @Test("an error's answer arrives although the request goes on and on")
  func lingering() async throws {
    let (server, port) = try start { _ in .text(200, "") }
    let answer = await blocking { () -> [UInt8]? in
      let line = RawLine(port: port)
      line?.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n")
      line?.send([UInt8](repeating: 1, count: 1 << 20))
      return line?.readAll()
    }
    #expect(count("HTTP/1.1 413", in: answer) == 1)
    await server.stop(grace: .zero)
  }

  @Test("fields that would split an answer, and those of the server itself, are left out")
  func outputFields() async throws {
    let (server, port) = try start { _ in
      HTTPResponse(
        status: 200,
        headers: [
          "X-Good": "a", "X-Split": "a\r\nX-Bad: b", "X-Nul": "a\0", "X Name": "a", "": "a",
          "Content-Length": "999", "Transfer-Encoding": "chunked", "Connection": "upgrade",
        ], body: .bytes(Array("ok".utf8)))
    }
    let message = request("/", "Connection: close\r\n")
    let answer = await blocking { () -> [UInt8]? in
      let line = RawLine(port: port)
      line?.send(message)
      return line?.readAll()
    }
    let text = String(decoding: answer ?? [], as: UTF8.self)
    let names = text.split(separator: "\r\n").dropFirst().compactMap {
      $0.split(separator: ":").first
    }
    #expect(names == ["X-Good", "Date", "Content-Length", "Connection", "ok"])
    await server.stop(grace: .zero)
  }

  @Test("204 and 304 have neither body nor length", arguments: [204, 304])
  func noBody(status: Int) async throws {
    let (server, port) = try start { _ in
      HTTPResponse(status: status, body: .bytes(Array("never".utf8)))
    }
    let message = request("/", "Connection: close\r\n")
    let answer = await blocking { () -> [UInt8]? in
      let line = RawLine(port: port)
      line?.send(message)
      return line?.readAll()
    }
    #expect(count("never", in: answer) == 0)
    #expect(count("Content-Length", in: answer) == 0)
    await server.stop(grace: .zero)
  }
}

extension String {
  /// How often a word occurs.
  fileprivate func components(of word: String) -> Int {
    var count = 0
    var rest = self[...].utf8[...]
    while !rest.isEmpty {
      if rest.starts(with: word.utf8) { count += 1 }
      rest = rest.dropFirst()
    }
    return count
  }
}
