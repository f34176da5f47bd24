import CommandCore
import JSON
import Platform
import PodIdentity

/// Which events `podid events` is about, and how many of them are expected.
struct EventFilter: Sendable {
  static let options = [
    Command.Option("since", "WHEN", "from a time on: 5m (ago), or 2026-11-24T10:00:00Z"),
    Command.Option("service-account", "[NS/]NAME", "events about this ServiceAccount"),
    Command.Option("operation", "NAME", "events of this operation"),
    Command.Option("outcome", "NAME", "ok, refused (all others), or an error's code"),
    Command.Option("origin", "app|stack|all", "whose calls: not the stack's own (default app)"),
    Command.Option("count", "N", "exit 0 only if N events match; N.. for at least, N..M between"),
  ]

  let command: String
  private var since: String?
  let account: AccountName?
  private var operation: String?
  /// The operation and the outcome that were given.
  let named: (operation: String?, outcome: String?)
  private var outcome: String?
  /// Nil for everybody's.
  private var origin: EventOrigin? = .app
  private let expected: ClosedRange<Int>?

  /// The filter of a command's flags.
  init(_ arguments: CommandArguments, now: Instant) throws(UsageError) {
    let command = arguments.commandName
    self.command = command
    since = try Self.time(arguments["since"], now: now, command: command)
    account = try arguments["service-account"].map { (text) throws(UsageError) in
      try AccountName(text)
    }
    named = (arguments["operation"], arguments["outcome"])
    (operation, outcome) = named
    if let text = arguments["origin"], text.bytes != "all" {
      guard let known = EventOrigin(named: text) else {
        throw UsageError("podid \(command): --origin must be app, stack or all, not \"\(text)\"")
      }
      origin = known
    } else if arguments.has("origin") {
      origin = nil
    }
    expected = try arguments["count"].map { (text) throws(UsageError) in
      try Self.range(text, command)
    }
    if expected != nil, arguments.has("follow") {
      throw UsageError("podid \(command): --count and --follow exclude each other")
    }
  }

  /// The time of a `--since`, RFC 3339 with milliseconds; nil where none is given.
  static func time(
    _ text: String?, now: Instant, command: String
  ) throws(UsageError) -> String? {
    guard let text else { return nil }
    if let ago = Duration(text: text) { return (now - ago).rfc3339Milli }
    guard let time = Instant(rfc3339: text) else {
      throw UsageError("podid \(command): --since must be such as 5m or 2026-11-24T10:00:00Z")
    }
    return time.rfc3339Milli
  }

  private static func range(
    _ text: String, _ command: String
  ) throws(UsageError) -> ClosedRange<Int> {
    let dots = text.utf8.firstRange(of: "..".utf8)
    if let first = Int(text[..<(dots?.lowerBound ?? text.endIndex)]), first >= 0 {
      guard let rest = dots.map({ text[$0.upperBound...] }) else { return first...first }
      if rest.isEmpty { return first...Int.max }
      if let last = Int(rest), last >= first { return first...last }
    }
    throw UsageError("podid \(command): --count must be N, N.. or N..M, not \"\(text)\"")
  }

  /// As many events as `podid wait` waits for.
  var least: Int { expected?.lowerBound ?? 1 }

  /// Makes it the filter of a condition: of this operation and outcome where they are given, from
  /// now on where `--since` says nothing else.
  mutating func narrow(
    operation: String?, outcome: String?, since now: Instant
  ) throws(UsageError) {
    let isOpen = expected.map { $0.lowerBound == $0.upperBound || $0.upperBound == .max } ?? true
    guard least > 0, isOpen else {
      throw UsageError("podid \(command): --count must be N, at least 1")
    }
    self.operation = operation ?? self.operation
    self.outcome = outcome ?? self.outcome
    since = since ?? now.rfc3339Milli
  }

  /// The same about the stack's own calls.
  var ofStack: EventFilter {
    var filter = self
    filter.origin = .stack
    return filter
  }

  /// Whether only apps' events are meant.
  var isOfApps: Bool { origin == .app }

  /// Whether an event is one of these.
  func matches(_ event: JSON) -> Bool {
    if let origin, CallOrigin.of(event) != origin { return false }
    if let since, (event["time"]?.string ?? "").bytes < since.bytes { return false }
    if let account, !account.isSubject(of: event) { return false }
    if let operation, event["operation"]?.string?.bytes != operation.bytes { return false }
    guard let outcome else { return true }
    let found = (event["outcome"]?.string ?? "").bytes
    return outcome.bytes == EventOutcome.refused.bytes
      ? found != EventOutcome.ok.bytes : found == outcome.bytes
  }

  /// What is wrong with the number of matches; nil where it is as expected.
  func objection(to count: Int) -> String? {
    guard let expected, !expected.contains(count) else { return nil }
    let wanted =
      expected.upperBound == Int.max
      ? "at least \(expected.lowerBound)"
      : expected.count == 1
        ? "\(expected.lowerBound)" : "\(expected.lowerBound) to \(expected.upperBound)"
    let found = count == 1 ? "1 event matches" : "\(count) events match"
    return "\(found), not \(wanted)"
  }
}
