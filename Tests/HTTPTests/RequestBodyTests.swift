import Cryptography
import Synchronization
import Testing

@testable import HTTP

/// Bodies that a handler reads piece by piece.
@Suite(.timeLimit(.minutes(10))) struct RequestBodyTests {
  /// What a handler made of a body.
  struct Reading: Sendable {
    var bytes: [UInt8] = []
    var count: Int { bytes.count }
    var largest = 0
    var mostHeld = 0
    var failure: HTTPBodyFailure?
  }

  private static func readAll(
    _ request: HTTPRequest, memory: HTTPMemory? = nil
  ) async -> Reading {
    var reading = Reading()
    let reader = request.makeBodyReader()
    do throws(HTTPBodyFailure) {
      while let piece = try await reader.next() {
        reading.bytes += piece
        reading.largest = max(reading.largest, piece.count)
        reading.mostHeld = max(reading.mostHeld, memory?.heldInput ?? 0)
      }
    } catch { reading.failure = error }
    return reading
  }

  private static func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count { bytes += Array("\(bytes.count * 7919), ".utf8) }
    return Array(bytes.prefix(count))
  }

  private static func message(_ body: [UInt8], chunk: Int?, fields: String = "") -> [UInt8] {
    guard let chunk else {
      return Array(
        "PUT / HTTP/1.1\r\nHost: a\r\n\(fields)Content-Length: \(body.count)\r\n\r\n".utf8)
        + body
    }
    var bytes = Array(
      "PUT / HTTP/1.1\r\nHost: a\r\n\(fields)Transfer-Encoding: chunked\r\n\r\n".utf8)
    for start in stride(from: 0, to: body.count, by: chunk) {
      let end = min(body.count, start + chunk)
      bytes += Array("\(String(end - start, radix: 16))\r\n".utf8) + body[start..<end] + [13, 10]
    }
    return bytes + Array("0\r\n\r\n".utf8)
  }

  @Test(
    "gives all of a body in pieces of at most 64 KiB, however it is framed, and goes on behind it",
    arguments: [
      (1, nil), (70_000, nil), (2_000_000, nil), (1, 1), (5000, 3), (300_000, 4096),
      (2_000_000, 1_000_000),
    ] as [(Int, Int?)])
  func pieces(size: Int, chunk: Int?) async throws {
    let readings = Mutex<[Reading]>([])
    let server = try LineServer(plan: .stream) { request in
      let reading = await Self.readAll(request)
      readings.withLock { $0.append(reading) }
      return .text(200, "")
    }
    let body = Self.bytes(size)
    let message = Self.message(body, chunk: chunk)
    let statuses = await server.talk { port in
      let line = RawLine(port: port)
      // Both at once: the second waits behind the first one's body.
      line?.send(message + message)
      return [line?.status(), line?.status()]
    }
    #expect(statuses == [200, 200])
    for reading in readings.withLock({ $0 }) {
      #expect(reading.failure == nil && reading.count == size)
      #expect(SHA256.hex(reading.bytes) == SHA256.hex(body))
      #expect(reading.largest <= 64 << 10)
    }
    #expect(server.memory.heldInput == 0)
    await server.stop()
  }

  @Test("a body of the collecting kind and one in memory are read the same way")
  func memory() async throws {
    let body = Self.bytes(200_000)
    let reading = await Self.readAll(HTTPRequest(body: body))
    #expect(reading.count == 200_000 && reading.largest == 64 << 10)
    #expect(await Self.readAll(HTTPRequest()).count == 0)
    let server = try LineServer { request in
      #expect(request.bodyReader == nil)
      return .text(await Self.readAll(request).count == 200_000 ? 200 : 500, "")
    }
    #expect(
      await server.talk { RawLine(port: $0)?.exchange(Self.message(body, chunk: nil)) } == 200)
    await server.stop()
  }

  @Test("the socket is left alone while the handler has enough")
  func backPressure() async throws {
    let held = Mutex(0)
    let memory = Mutex<HTTPMemory?>(nil)
    let server = try LineServer(plan: .stream) { request in
      let reading = await Self.readAll(request, memory: memory.withLock { $0 })
      held.withLock { $0 = reading.mostHeld }
      return .text(reading.count == 8_000_000 ? 200 : 500, "")
    }
    memory.withLock { $0 = server.memory }
    let message = Self.message([UInt8](repeating: 1, count: 8_000_000), chunk: nil)
    #expect(await server.talk { RawLine(port: $0)?.exchange(message) } == 200)
    #expect(held.withLock { $0 } < HTTPMemory.streamSize)
    await server.stop()
  }

  @Test("100 Continue is sent when the handler asks for the body, not before")
  func expectation() async throws {
    let server = try LineServer(plan: .stream) { request in
      guard request.target == "/read" else { return .text(403, "no") }
      return .text(await Self.readAll(request).count == 3 ? 200 : 500, "")
    }
    func head(_ target: String) -> String {
      "PUT \(target) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    }
    let (read, refused) = (head("/read"), head("/refused"))
    let statuses = await server.talk { port -> [Int?] in
      let line = RawLine(port: port)
      line?.send(read)
      let first = line?.status()
      line?.send("abc")
      let second = line?.status()
      line?.send(refused)
      // It is answered at once, and ends, because nobody knows whether the body comes.
      return [first, second, line?.status(), line?.status()]
    }
    #expect(statuses == [100, 200, 403, nil])
    await server.stop()
  }

  @Test(
    "a peer that leaves in the middle ends the reading",
    arguments: [
      "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
      "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
      "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
      "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n",
    ])
  func leaving(message: String) async throws {
    let (failures, told) = AsyncStream<HTTPBodyFailure?>.makeStream()
    let server = try LineServer(plan: .stream) { request in
      told.yield(await Self.readAll(request).failure)
      return .text(400, "")
    }
    for isPolite in [true, false] {
      _ = await server.talk { port in
        let line = RawLine(port: port)
        line?.send(message)
        if isPolite {
          line?.finish()
          _ = line?.status()
        }
      }
      for await failure in failures {
        #expect(failure == .closed)
        break
      }
    }
    #expect(server.memory.heldInput == 0)
    await server.stop()
  }

  @Test(
    "a body that stands still or drips is answered 408, a slow one that moves is taken",
    arguments: [(0, 0, 408), (1, 20, 408), (65_536, 150, 200)])
  func pace(size: Int, pause: Int, status: Int) async throws {
    let (failures, told) = AsyncStream<HTTPBodyFailure?>.makeStream()
    let server = try LineServer(
      plan: .stream, deadlines: HTTPDeadlines(body: .milliseconds(500), handler: .seconds(30))
    ) { request in
      told.yield(await Self.readAll(request).failure)
      return .text(200, "")
    }
    let pieces = size == 1 ? 1000 : size == 0 ? 0 : 10
    let found = await server.talk { port -> (status: Int?, sent: Int) in
      let line = RawLine(port: port)
      line?.send(
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size == 65_536 ? 655_360 : 9999)\r\n\r\n")
      var sent = 0
      while sent < pieces, line?.isReadable == false,
        line?.send([UInt8](repeating: 1, count: size)) == true
      {
        sent += 1
        RawLine.pause(milliseconds: pause)
      }
      return (line?.status(), sent)
    }
    #expect(found.status == status)
    // Each byte of one that drips gives it no new time: it is told while it goes on.
    #expect((found.sent == pieces) == (size != 1))
    for await failure in failures {
      #expect(failure == (status == 408 ? .tooSlow : nil))
      break
    }
    await server.stop()
  }

  @Test(
    "behind an answer to a body that was not read the connection goes on if little is left",
    arguments: [
      (100, nil, 100, true), (100, nil, 0, true), (65_000, nil, 0, true),
      (1_000_000, nil, 0, false),
      (100, 10, 100, true), (1_000_000, 50_000, 0, false),
    ] as [(Int, Int?, Int, Bool)])
  func unread(size: Int, chunk: Int?, early: Int, goesOn: Bool) async throws {
    let server = try LineServer(plan: .stream) { request in
      request.method == "PUT" ? .text(403, "no") : .text(200, "")
    }
    let body = Self.bytes(size)
    let message = Self.message(body, chunk: chunk)
    let cut = early == 0 ? message.count - size + 0 : message.count
    let statuses = await server.talk { port -> [Int?] in
      let line = RawLine(port: port)
      line?.send(Array(message[..<cut]))
      let first = line?.status()
      line?.send(Array(message[cut...]))
      line?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      return [first, line?.status()]
    }
    #expect(statuses == [403, goesOn ? 200 : nil])
    await server.stop()
  }

  @Test(
    "chunks that are none are answered 400",
    arguments: [
      "x\r\n", "2\r\nabc\r\n", "1\r\na\n", "1;\(String(repeating: "e", count: 5000))\r\n",
    ])
  func malformed(chunks: String) async throws {
    let (failures, told) = AsyncStream<HTTPBodyFailure?>.makeStream()
    let server = try LineServer(plan: .stream) { request in
      told.yield(await Self.readAll(request).failure)
      return .text(200, "")
    }
    let message =
      "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" + chunks
    #expect(await server.talk { RawLine(port: $0)?.exchange(Array(message.utf8)) } == 400)
    for await failure in failures {
      #expect(failure == .malformed)
      break
    }
    await server.stop()
  }

  @Test("more streamed bodies than there is room for are refused, and taken again later")
  func manyStreams() async throws {
    var limits = HTTPMemoryLimits()
    limits.streams = 2 * HTTPMemory.streamSize
    let server = try LineServer(plan: .stream, memory: limits) { request in
      .text(await Self.readAll(request).count == 3 ? 200 : 500, "")
    }
    let head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    let statuses = await server.talk { port -> [Int?] in
      let lines = (0..<3).map { _ in RawLine(port: port) }
      var statuses: [Int?] = []
      for line in lines {
        line?.send(head)
        statuses.append(line?.status())
      }
      lines[0]?.send("abc")
      statuses.append(lines[0]?.status())
      let late = RawLine(port: port)
      late?.send(head)
      statuses.append(late?.status())
      return statuses
    }
    #expect(statuses == [100, 100, 503, 200, 100])
    await server.stop()
  }
}

extension RawLine {
  /// Sends a message and gives the status of its answer.
  func exchange(_ message: [UInt8]) -> Int? {
    send(message)
    return status()
  }
}
