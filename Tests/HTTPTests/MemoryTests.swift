import Platform
import Synchronization
import Testing

@testable import HTTP

/// What callers can make the server hold.
@Suite(.timeLimit(.minutes(10))) struct MemoryTests {
  /// The most that a server held of its callers, as its handler sees it.
  private final class Peak: Sendable {
    let memory = Mutex<HTTPMemory?>(nil)
    let most = Mutex(0)

    func look() {
      guard let held = memory.withLock({ $0 })?.heldInput else { return }
      most.withLock { $0 = max($0, held) }
    }
  }

  @Test(
    "requests behind one that is being answered are read as they are needed",
    arguments: [400, 1000, 20_000, 60_000])
  func pipelining(size: Int) async throws {
    let peak = Peak()
    let answered = Mutex(0)
    let server = try LineServer { _ in
      peak.look()
      answered.withLock { $0 += 1 }
      await Task.yield()
      return .text(200, "")
    }
    peak.memory.withLock { $0 = server.memory }
    let count = 8_000_000 / size
    let message =
      Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8)
      + [UInt8](repeating: 0x61, count: size) + Array("\r\n\r\n".utf8)
    let end = await server.talk { port -> [UInt8]? in
      guard let line = RawLine(port: port) else { return nil }
      Thread.run {
        for _ in 0..<count { line.send(message) }
        line.finish()
      }
      return line.readAll()
    }
    #expect(end != nil)
    #expect(answered.withLock { $0 } == count)
    #expect(peak.most.withLock { $0 } < 512 << 10)
    #expect(server.memory.heldInput == 0)
    await server.stop()
  }

  @Test("a parser lets go of what it has read, wherever its input is cut", arguments: [1, 17, 40])
  func misaligned(shift: Int) throws {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    let message =
      Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n".utf8)
      + [UInt8](repeating: 1, count: 5000)
    let stream = (0..<4).flatMap { _ in message }
    func append(_ bytes: ArraySlice<UInt8>) throws {
      bytes.withUnsafeBytes { parser.append($0) }
      while true {
        if case .starved = try parser.next() { return }
        #expect(parser.held < 400_000)
      }
    }
    try append(stream.prefix(shift))
    for _ in 0..<500 { try append(stream.dropFirst(shift) + stream.prefix(shift)) }
    #expect(parser.held < 400_000)
  }

  @Test("a large request is not held on to by a connection that rests")
  func resting() throws {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    let message = "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 60_000))\r\n\r\n"
    Array(message.utf8).withUnsafeBytes { parser.append($0) }
    guard case .request = try parser.next() else { throw HTTPRequestFailure(0) }
    #expect(parser.rest().held == 0)
    Array("G".utf8).withUnsafeBytes { parser.append($0) }
    #expect(parser.held < 5000)
  }

  /// Half requests, and whether many of them fill the budget.
  static let halves = [
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n40000\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: ",
  ]

  @Test("unfinished requests of many callers are refused beyond the budget", arguments: halves)
  func budget(half: String) async throws {
    var limits = HTTPMemoryLimits()
    limits.input = 1 << 20
    let server = try LineServer(memory: limits) { request in
      .text(request.body.count == 5 ? 200 : 500, "")
    }
    let size = half.hasPrefix("GET") ? 40_000 : 200_000
    let (refused, small, after) = await server.talk { port -> (Int, Int?, Int?) in
      var lines: [RawLine] = []
      var refused = 0
      for _ in 0..<60 {
        guard let line = RawLine(port: port) else { continue }
        line.send(Array(half.utf8) + [UInt8](repeating: 0x61, count: size))
        lines.append(line)
      }
      let message = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello".utf8)
      let small = RawLine(port: port)?.exchange(message)
      for line in lines where line.isReadable && line.status() == 503 { refused += 1 }
      lines = []
      // Room is given back as the server learns that they left.
      var after: Int?
      let large = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhello".utf8)
      while after != 500 {
        after = RawLine(port: port)?.exchange(large + [UInt8](repeating: 1, count: 99_995))
      }
      return (refused, small, after)
    }
    #expect(refused >= 30)
    #expect(small == 200, "small requests are served while large ones fill the budget")
    #expect(after == 500)
    #expect(server.memory.heldInput <= limits.input)
    await server.stop()
  }

  @Test("requests that a handler works on count, and get the service's own refusal")
  func handled() async throws {
    var limits = HTTPMemoryLimits()
    limits.input = 100_000
    let (released, release) = AsyncStream<Void>.makeStream()
    let server = try LineServer(
      memory: limits, overloaded: { .text(429, $0.target) },
      answer: { _ in
        for await _ in released { break }
        return .text(200, "")
      })
    let message =
      Array("POST /me HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n".utf8)
      + [UInt8](repeating: 1, count: 30_000)
    let statuses = await server.talk { port -> [Int?] in
      let lines = (0..<6).map { _ in RawLine(port: port) }
      for line in lines { line?.send(message) }
      var refused = 0
      while refused < 1 {
        refused = lines.filter { $0?.isReadable == true }.count
      }
      for _ in lines { release.yield() }
      return lines.map { $0?.status() }
    }
    #expect(statuses.contains(429) && statuses.contains(200) && !statuses.contains(nil))
    await server.stop()
  }

  @Test("large answers that nobody takes are bounded")
  func unreadAnswers() async throws {
    var limits = HTTPMemoryLimits()
    limits.output = 30 << 20
    let server = try LineServer(memory: limits) { _ in
      HTTPResponse(status: 200, body: .bytes([UInt8](repeating: 1, count: 20 << 20)))
    }
    let statuses = await server.talk { port -> [Int?] in
      let lines = (0..<6).map { _ in RawLine(port: port, receiveBuffer: 4096) }
      var statuses: [Int?] = []
      for line in lines {
        line?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let head = line?.read(12) ?? []
        statuses.append(Int(String(decoding: head.suffix(3), as: UTF8.self)))
      }
      return statuses
    }
    #expect(statuses.first == 200 && statuses.last == 503)
    await server.stop()
    #expect(server.memory.heldOutput == 0)
  }

  @Test("chunk extensions cost no more than what they are worth")
  func extensions() throws {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    let chunk = "1;\(String(repeating: "e", count: 4000))\r\na\r\n"
    Array((head + String(repeating: chunk, count: 100)).utf8).withUnsafeBytes { parser.append($0) }
    #expect(throws: HTTPRequestFailure(400, "too long chunk extensions")) {
      for _ in 0..<200 { _ = try parser.next() }
    }
    // A byte a chunk is odd, but nothing else.
    var tiny = HTTPRequestParser(limits: HTTPLimits())
    let body = String(repeating: "1\r\na\r\n", count: 100_000) + "0\r\n\r\n"
    Array((head + body).utf8).withUnsafeBytes { tiny.append($0) }
    while true {
      if case .request(_, let body) = try tiny.next() {
        #expect(body.count == 100_000)
        return
      }
    }
  }

  @Test("trailers of a body take no more than a head")
  func trailers() throws {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    for (count, status) in [(60, nil), (70, 431)] {
      var parser = HTTPRequestParser(limits: HTTPLimits())
      let line = "X: \(String(repeating: "t", count: 1000))\r\n"
      Array((head + String(repeating: line, count: count) + "\r\n").utf8)
        .withUnsafeBytes { parser.append($0) }
      var refusal: Int?
      do throws(HTTPRequestFailure) {
        reading: while true {
          switch try parser.next() {
          case .starved, .request: break reading
          case .head, .expectsContinue: break
          }
        }
      } catch { refusal = error.status }
      #expect(refusal == status)
    }
  }
}
