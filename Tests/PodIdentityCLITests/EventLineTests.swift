import HTTP
import JSON
import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// Connections of tests, which live as long as the tests do.
enum SampleLoops {
  static let shared = EventLoops(count: 1)
}

extension CommandContext {
  /// What a command of these words works with.
  static func of(
    _ command: Command, _ words: [String] = [], _ environment: [ByteText: String] = [:]
  ) throws -> CommandContext {
    CommandContext(
      arguments: try CommandArguments(words, of: command),
      environment: ProcessEnvironment(environment.merging(["NO_COLOR": "1"]) { $1 }),
      loops: SampleLoops.shared)
  }
}

/// How an event is told in a line.
@Suite struct EventLineTests {
  private static let event: JSON = [
    "time": "2026-11-24T09:59:00.123Z", "service": "aws-api", "operation": "GetObject",
    "outcome": "AccessDenied", "check": "identity-policy", "reason": "nothing allows it",
    "subject": ["namespace": "default", "serviceAccount": "app", "pod": "web"],
  ]

  @Test("time of day, server, operation, account and pod, outcome, check and reason")
  func line() throws {
    let lines = EventLines(try .of(.events))
    #expect(
      lines.line(Self.event).text
        == "09:59:00.123 aws-api GetObject default/app (web) AccessDenied [identity-policy]: "
        + "nothing allows it")
    #expect(
      lines.line(["time": "2026-11-24T09:59:00.123Z", "service": "s", "operation": "o"]).text
        == "09:59:00.123 s o ")
    #expect(
      lines.line(["service": "s", "operation": "o", "outcome": "ok", "reason": "r"]).text
        == " s o ok: r")
    let json = EventLines(try .of(.events, ["--json"]))
    #expect(json.line(Self.event).text == Self.event.text())
  }

  @Test("without a filter apps' events are meant, with one what it says")
  func meant() throws {
    var own = Self.event.object ?? [:]
    own["origin"] = "stack"
    let plain = EventLines(try .of(.events))
    #expect(plain.isMeant(Self.event) && !plain.isMeant(.object(own)))
    let context = try CommandContext.of(.events, ["--origin", "stack"])
    let filter = try EventFilter(context.arguments, now: Instant(seconds: 0))
    let filtered = EventLines(context, filter: filter)
    #expect(!filtered.isMeant(Self.event) && filtered.isMeant(.object(own)))
  }
}
