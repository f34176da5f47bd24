import JSON
import Platform
import Synchronization
import Testing

/// What was refused is a line of the server's log.
@Suite struct RefusalLogTests {
  /// An event log whose lines are kept.
  private final class World: Sendable {
    let clock = ManualClock(Instant(seconds: 100))
    private let written = Mutex<[JSON]>([])

    func events(_ level: LogLevel) -> EventLog {
      let log = Log(service: "s", level: level, clock: clock) { [self] line in
        guard let json = try? JSON.parse(line) else { return }
        written.withLock { $0.append(json) }
      }
      return EventLog(service: "s", clock: clock, log: log)
    }

    var lines: [JSON] { written.withLock { $0 } }
  }

  private static let denial = Event(
    operation: "PutObject",
    subject: EventSubject(namespace: "default", serviceAccount: "app", pod: "p"),
    outcome: "AccessDenied", check: Event.Check(row: "identity-policy"),
    reason: "Nothing allows it.", requestID: "r1")

  @Test("a refusal is told at info, with operation, subject, check and reason")
  func refusal() {
    let world = World()
    world.events(.info).record(Self.denial)
    #expect(
      world.lines.map { $0.text() } == [
        #"{"time":"1970-01-01T00:01:40.000Z","level":"info","service":"s","message":"refused","#
          + #""operation":"PutObject","subject":"default/app","pod":"p","outcome":"AccessDenied","#
          + #""check":"identity-policy","reason":"Nothing allows it.","requestId":"r1"}"#
      ])
  }

  @Test("what went well, what is merely not there and the stack's own calls are not told")
  func quiet() {
    let world = World()
    let events = world.events(.info)
    events.record(Event(operation: "GetObject"))
    events.record(Event(operation: "GetRole", outcome: "NoSuchEntity", reason: "no role"))
    var own = Self.denial
    own.origin = .stack
    events.record(own)
    #expect(world.lines.isEmpty)
    world.events(.debug).record(own)
    #expect(world.lines.first?["level"] == "debug")
  }

  @Test("a secret in a reason is cut out")
  func secret() {
    let world = World()
    var event = Self.denial
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YTpiIn0.c2lnbmF0dXJl"
    event.reason = "the token \(token) is refused"
    world.events(.info).record(event)
    #expect(world.lines.count == 1 && !world.lines[0].text().contains("c2lnbmF0dXJl"))
  }

  @Test("a flood is cut, and the next second's first line tells by how much")
  func flood() {
    let world = World()
    let events = world.events(.info)
    for _ in 0..<200 { events.record(Self.denial) }
    #expect(world.lines.count == 50)
    world.clock.advance(by: .seconds(1))
    events.record(Self.denial)
    events.record(Self.denial)
    #expect(world.lines.count == 52)
    #expect(world.lines[50]["linesLeftOut"] == 150 && world.lines[51]["linesLeftOut"] == nil)
  }
}
