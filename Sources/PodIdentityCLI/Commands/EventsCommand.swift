import JSON
import Platform

extension Command {
  static let events = Command(
    name: "events", usage: "[--follow] [--count N] [--json] [--stack FILE]",
    summary: "show what happened, and why something was refused",
    options: [Option("follow", nil, "go on as things happen")] + EventFilter.options
      + [jsonOption, stackOption]
  ) { context in
    let stack = try context.stack()
    let filter = try EventFilter(context.arguments, now: context.clock.now)
    try await filter.check(at: context.admins(stack))
    let lines = EventLines(context, filter: filter)
    guard context.arguments.has("follow") else {
      let found = await lines.lines(of: stack)
      for line in found { context.print(line) }
      if let objection = filter.objection(to: found.count) { throw CommandFailure(objection) }
      return 0
    }
    await lines.follow(stack)
    return 0
  }
}

/// The events of all servers of a stack, as lines.
struct EventLines: Sendable {
  private let context: CommandContext
  private let filter: EventFilter?

  init(_ context: CommandContext, filter: EventFilter? = nil) {
    self.context = context
    self.filter = filter
  }

  /// Those that are kept, from a time on (RFC 3339 with milliseconds), as lines.
  func lines(of stack: StackInfo, since start: String = "") async -> [String] {
    var all: [JSON] = []
    for admin in context.admins(stack) {
      do throws(CommandFailure) { all += try await admin.events() } catch {
        context.warn("podid: \(error)")
      }
    }
    func time(of event: JSON) -> String { event["time"]?.string ?? "" }
    return all.filter { time(of: $0) >= start && filter?.matches($0) ?? true }
      .sorted { time(of: $0) < time(of: $1) }.map(line)
  }

  /// Prints them as they happen, until a signal comes or all servers are gone.
  func follow(_ stack: StackInfo) async {
    let signals = Task {
      _ = await TerminationSignals.wait()
      StandardStreams.exitNow(0)
    }
    for await event in EventFollower(admins: context.admins(stack)).events()
    where filter?.matches(event) ?? true {
      context.print(line(event))
    }
    signals.cancel()
  }

  /// One event: JSON, or time, service, operation, subject, outcome, check and reason.
  func line(_ event: JSON) -> String {
    if context.arguments.has("json") { return event.text() }
    let subject = event["subject"]
    let name = [subject?["namespace"]?.string, subject?["serviceAccount"]?.string]
      .compactMap { $0 }.joined(separator: "/")
    let time = event["time"]?.string ?? ""
    var text = "\(time.dropFirst(11).prefix(12)) \(event["service"]?.string ?? "") "
    text += "\(event["operation"]?.string ?? "")"
    if !name.isEmpty { text += " \(name)" }
    if let pod = subject?["pod"]?.string { text += " (\(pod))" }
    let outcome = event["outcome"]?.string ?? ""
    text = TerminalText.visible(text)
    text += " " + context.coloured(TerminalText.visible(outcome), isGood: outcome == "ok")
    if let check = event["check"]?.string { text += " [\(check)]" }
    if let reason = event["reason"]?.string { text += ": \(TerminalText.visible(reason))" }
    return text
  }
}
