import JSON
import Platform
import Synchronization
import Testing

@Suite struct LogTests {
  @Test("writes one JSON line with the fields, and only from its level up")
  func lines() throws {
    let lines = Mutex<[String]>([])
    let log = Log(service: "s", level: .info, clock: ManualClock(Instant(seconds: 0))) { line in
      lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }
    log.debug("no")
    log.info("a \"b\"", ["n": 1])
    #expect(
      lines.withLock { $0 } == [
        "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"service\":\"s\","
          + "\"message\":\"a \\\"b\\\"\",\"n\":1}\n"
      ])
  }

  @Test("keeps the newest events and numbers them on")
  func events() {
    let events = EventLog(service: "s", capacity: 4)
    for number in 1...10 { events.record(Event(operation: "op\(number)")) }
    #expect(events.entries(after: 0).map(\.number) == [7, 8, 9, 10])
    #expect(events.entries(after: 9).first?.json["operation"] == "op10")
    events.clear()
    #expect(events.entries(after: 0).isEmpty)
    events.record(Event(operation: "x"))
    #expect(events.entries(after: 0).first?.number == 11)
  }

  @Test("keeps the newest events up to so many bytes, as they are served")
  func bytes() {
    let events = EventLog(service: "s", byteCapacity: 100_000)
    for text in ["x", "\"", "\u{1}"] {
      for _ in 0..<200 {
        events.record(
          Event(operation: "a", details: ["key": .string(String(repeating: text, count: 5000))]))
      }
      let kept = events.entries(after: 0)
      let served = kept.reduce(0) { $0 + $1.text.utf8.count }
      #expect((60_000...125_000).contains(served))
    }
    let last = events.entries(after: 0).last?.number
    events.clear()
    events.record(Event(operation: "b"))
    #expect(events.entries(after: 0).map(\.number) == [(last ?? 0) + 1])
  }

  @Test("members kept as texts are served as JSON, and left out where they are none")
  func texts() {
    let events = EventLog(service: "s")
    var event = Event(operation: "a")
    event.texts = [("claims", Array(#"{"sub":"x"}"#.utf8)), ("header", Array("{".utf8))]
    events.record(event)
    let json = events.entries(after: 0).first?.json
    #expect(json?.at("claims", "sub") == "x")
    #expect(json?["header"] == nil)
  }

  @Test("followers get kept events, then each new one", .timeLimit(.minutes(10)))
  func follow() async {
    let events = EventLog(service: "s")
    events.record(Event(operation: "a"))
    var stream = events.follow(after: 0).makeAsyncIterator()
    events.record(Event(operation: "b", subject: EventSubject(namespace: "n")))
    #expect(await stream.next()?.json["operation"] == "a")
    #expect(await stream.next()?.json.at("subject", "namespace") == "n")
  }

  @Test("texts of an event are cut: names as in Kubernetes, reasons to 4 KiB, details to 1 KiB")
  func bounded() throws {
    let log = EventLog(service: "x")
    let long = String(repeating: "n", count: 8000)
    log.record(
      Event(
        operation: long, subject: EventSubject(namespace: long, serviceAccount: long, pod: long),
        reason: long, details: ["path": .string(long), "short": "s"]))
    let event = try #require(log.entries(after: 0).first?.event)
    #expect(event.operation.utf8.count == 256 && event.subject.namespace?.utf8.count == 256)
    #expect(event.subject.pod?.utf8.count == 256 && event.reason?.utf8.count == 4099)
    #expect(event.details["path"]?.string?.utf8.count == 1027 && event.details["short"] == "s")
  }
}
