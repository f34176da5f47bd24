import JSON
import Platform
import Synchronization
import Testing

/// The events that a server keeps, and how they are served.
@Suite(.timeLimit(.minutes(10))) struct EventLogTests {
  @Test("an event is served with all that is known of it, and no more")
  func members() throws {
    let log = EventLog(service: "aws-api", clock: ManualClock(Instant(seconds: 100)))
    var event = Event(
      operation: "GetObject",
      subject: EventSubject(namespace: "n", serviceAccount: "s", pod: "p"), outcome: "AccessDenied",
      check: Event.Check(row: "identity-policy"), reason: "why", duration: .microseconds(1500),
      requestID: "r-1", details: ["role": "x"])
    event.origin = .stack
    log.record(event)
    log.record(Event(operation: "a"))
    let texts = log.entries(after: 0).map(\.text)
    #expect(
      texts[0]
        == #"{"time":"1970-01-01T00:01:40.000Z","service":"aws-api","operation":"GetObject","#
        + #""subject":{"namespace":"n","serviceAccount":"s","pod":"p"},"outcome":"AccessDenied","#
        + #""check":"identity-policy","reason":"why","durationMicroseconds":1500,"origin":"stack","#
        + #""requestId":"r-1","role":"x","number":1}"#)
    #expect(
      texts[1]
        == #"{"time":"1970-01-01T00:01:40.000Z","service":"aws-api","operation":"a","outcome":"ok","#
        + #""origin":"app","number":2}"#)
  }

  @Test("no more than its number of events is shown at any moment, and the newest are kept")
  func capacity() {
    let log = EventLog(service: "s", capacity: 8)
    for number in 1...40 {
      log.record(Event(operation: "a"))
      let kept = log.entries(after: 0).map(\.number)
      #expect(kept == Array(max(1, number - 7)...number))
      #expect(log.entries(after: number - 1).map(\.number) == [number])
      #expect(log.entries(after: number).isEmpty)
    }
  }

  @Test("one event that is larger than all may be is kept all the same")
  func large() {
    let log = EventLog(service: "s", byteCapacity: 1000)
    let list = JSON.array([JSON](repeating: "0123456789", count: 1000))
    log.record(Event(operation: "a"))
    log.record(Event(operation: "b", details: ["list": list]))
    #expect(log.entries(after: 0).map(\.number) == [2])
    log.record(Event(operation: "c"))
    #expect(log.entries(after: 0).map(\.number).last == 3)
  }

  @Test("followers get what comes behind their number, each all of it, until they go")
  func follow() async {
    let log = EventLog(service: "s")
    for _ in 1...3 { log.record(Event(operation: "a")) }
    var streams = [0, 2, 9].map { log.follow(after: $0).makeAsyncIterator() }
    log.record(Event(operation: "b"))
    var found: [[Int]] = [[], [], []]
    for (index, count) in [4, 2, 1].enumerated() {
      for _ in 0..<count {
        if let entry = await streams[index].next() { found[index].append(entry.number) }
      }
    }
    #expect(found == [[1, 2, 3, 4], [3, 4], [4]])
    streams = []
    log.record(Event(operation: "c"))
    #expect(log.entries(after: 4).count == 1)
  }

  @Test("texts are cut where they are longer than real ones, and others stay as they are")
  func bounds() throws {
    func kept(_ size: Int) throws -> Event {
      let log = EventLog(service: "s")
      let text = String(repeating: "x", count: size)
      log.record(
        Event(
          operation: text, subject: EventSubject(namespace: text, serviceAccount: text, pod: text),
          reason: text, details: ["a": .string(text), "b": 1]))
      return try #require(log.entries(after: 0).first?.event)
    }
    for (size, name, detail, reason) in [
      (253, 253, 253, 253), (254, 256, 254, 254), (1024, 256, 1024, 1024), (1025, 256, 1027, 1025),
      (4096, 256, 1027, 4096), (4097, 256, 1027, 4099),
    ] {
      let event = try kept(size)
      let names = [
        event.operation, event.subject.namespace, event.subject.serviceAccount, event.subject.pod,
      ]
      #expect(names.allSatisfy { $0?.utf8.count == name }, "\(size)")
      #expect(event.details["a"]?.string?.utf8.count == detail && event.details["b"] == 1)
      #expect(event.reason?.utf8.count == reason)
    }
  }
}

@Suite struct LogLevelTests {
  @Test("a log keeps the lines of its level and of graver ones, each by its own name")
  func levels() {
    let order = LogLevel.allCases
    for (index, level) in order.enumerated() {
      let lines = Mutex<[String]>([])
      let log = Log(service: "s", level: level) { line in
        let json = try? JSON.parse(line)
        lines.withLock {
          $0.append("\(json?["level"]?.string ?? "") \(json?["message"]?.string ?? "")")
        }
      }
      log.debug("d")
      log.info("i")
      log.warning("w")
      log.error("e")
      log(.warning, "own")
      let all = ["debug d", "info i", "warning w", "error e"]
      let own = level <= .warning ? ["warning own"] : []
      #expect(lines.withLock { $0 } == all[index...] + own)
      for other in order { #expect(log.isEnabled(other) == (other >= level)) }
    }
  }

  @Test("what a line would say is not asked for where nobody keeps it")
  func lazy() {
    let log = Log(service: "s", level: .error) { _ in }
    func told() -> String {
      Issue.record("nobody keeps it")
      return ""
    }
    log.warning(told(), ["a": .string(told())])
  }

  @Test("a secret in a field is cut out")
  func secrets() {
    let lines = Mutex<[String]>([])
    let log = Log(service: "s", level: .info) { line in
      lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }
    log.info("m", ["header": "Bearer abcdefgh12"])
    #expect(lines.withLock { $0[0] }.contains("Bearer <secret>"))
  }
}
