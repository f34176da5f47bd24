import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import CommandCore

/// Events of servers as one stream, each once.
@Suite(.timeLimit(.minutes(10))) struct EventFollowerTests {
  private static func line(_ number: Int, _ second: Int) -> String {
    #"{"time":"2026-01-01T00:00:0\#(second)Z","number":\#(number)}"# + "\n"
  }

  private func numbers(_ events: [JSON]?) -> [Int64]? {
    events?.compactMap { $0["number"]?.integer }
  }

  @Test("events are put together from whatever pieces, and what is no JSON is passed over")
  func pieces() {
    let text = Array((Self.line(1, 1) + "x\n\n" + Self.line(2, 1) + Self.line(3, 2) + "{").utf8)
    for size in 1...text.count {
      var lines = EventLines()
      lines.begin()
      var found: [Int64] = []
      for start in stride(from: 0, to: text.count, by: size) {
        found += numbers(lines.take(Array(text[start..<min(start + size, text.count)]))) ?? []
      }
      #expect(found == [1, 2, 3])
    }
  }

  @Test("what comes again with a new stream is left out; within one, numbers may be out of order")
  func again() {
    var lines = EventLines()
    lines.begin()
    let text = Self.line(2, 1) + Self.line(1, 1) + Self.line(3, 1)
    #expect(numbers(lines.take(Array(text.utf8))) == [2, 1, 3])
    #expect(numbers(lines.take(Array("{".utf8))) == [])
    // The half line of the stream that broke is not that of the next one.
    lines.begin()
    #expect(numbers(lines.take(Array((text + Self.line(4, 1)).utf8))) == [4])
    // A server that starts again numbers from 1, later.
    lines.begin()
    #expect(numbers(lines.take(Array((Self.line(1, 2) + Self.line(9, 1)).utf8))) == [1, 9])
    lines.begin()
    #expect(numbers(lines.take(Array((Self.line(1, 2) + Self.line(2, 2)).utf8))) == [2])
  }

  @Test("a line that is longer than any event is none")
  func limit() {
    var lines = EventLines()
    lines.begin()
    let piece = [UInt8](repeating: 0x20, count: EventLines.limit)
    #expect(lines.take(piece)?.isEmpty == true)
    #expect(lines.take([0x20]) == nil)
  }

  @Test("a place steps on with time and number, and never back")
  func place() {
    var place = EventPlace()
    func event(_ number: Int64, _ second: Int) -> JSON {
      ["time": .string("2026-01-01T00:00:0\(second)Z"), "number": .integer(number)]
    }
    #expect(place.isBefore(event(1, 1)))
    place.advance(to: event(5, 1))
    #expect(!place.isBefore(event(5, 1)) && !place.isBefore(event(4, 1)))
    #expect(place.isBefore(event(6, 1)) && place.isBefore(event(1, 2)))
    place.advance(to: event(2, 1))
    #expect(!place.isBefore(event(5, 1)))
  }

  @Test("each server is asked from its own number, again where it went away, then from the start")
  func streams() async throws {
    let loops = EventLoops(count: 1)
    let asked = Mutex<[String]>([])
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { request in
        asked.withLock { $0.append(request.target) }
        let count = asked.withLock { $0.count { $0.hasPrefix("/b/") } }
        return .text(
          200, request.target.hasPrefix("/a/") ? Self.line(7, 1) : Self.line(count, 2))
      })
    try server.start()
    let admins = ["a", "b"].map {
      AdminClient(
        server: StackInfo.Server(
          service: $0, member: $0, admin: "\(server.urls[0])/\($0)", pid: 0),
        token: "t", http: HTTPClient(loops: loops))
    }
    // Without reconnects all ends with the servers' streams.
    let begun = Mutex<[String]>([])
    var found: [Int64] = []
    let once = EventFollower(admins: admins, since: [6]) { name in
      begun.withLock { $0.append(name) }
    }
    for await event in once.events() { found.append(event["number"]?.integer ?? 0) }
    #expect(found.sorted() == [1, 7] && begun.withLock { $0.sorted() } == ["a", "b"])
    #expect(
      asked.withLock { $0.sorted() }
        == ["/a/events?follow=1&since=6", "/b/events?follow=1&since=0"])
    asked.withLock { $0 = [] }
    found = []
    var again = EventFollower(admins: [admins[1]], reconnects: true, since: [3])
    let pauses = Mutex<[Duration]>([])
    again.pause = { pause in pauses.withLock { $0.append(pause) } }
    for await event in again.events() {
      found.append(event["number"]?.integer ?? 0)
      if found.count == 3 { break }
    }
    #expect(found == [1, 2, 3])
    #expect(pauses.withLock { Array($0.prefix(2)) } == [.milliseconds(100), .milliseconds(100)])
    #expect(
      asked.withLock { Array($0.prefix(3)) }
        == [3, 0, 0].map { "/b/events?follow=1&since=\($0)" })
    await server.stop(grace: .zero)
    loops.stop()
  }
}
