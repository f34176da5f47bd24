import CommandCore
import JSON
import Platform

extension Command {
  static let events = Command(
    name: "events", usage: "[--follow] [--count N] [--json] [--stack FILE]",
    summary: "show what happened, and why something was refused",
    options: [Option("follow", nil, "go on as things happen")] + EventFilter.options
      + [jsonOption, stackOption], endsBySignal: false
  ) { context in
    let stack = try context.stack()
    let filter = try EventFilter(context.arguments, now: context.clock.now)
    let admins = context.admins(stack)
    try await filter.check(at: admins)
    if filter.account != nil {
      try await filter.checkAccount(at: admins, context.kubernetes(stack))
    }
    let lines = EventLines(context, filter: filter)
    guard context.arguments.has("follow") else {
      let found = await lines.lines(of: stack)
      for line in found { context.print(line) }
      let objection = filter.objection(to: found.count)
      if found.isEmpty, filter.isOfApps, objection != nil || !context.arguments.has("count") {
        let own = await EventLines(context, filter: filter.ofStack).lines(of: stack).count
        if own > 0 {
          context.warn("podid: \(own) of the stack's own calls match; --origin stack shows them")
        }
      }
      if let objection { throw CommandFailure(objection) }
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
  func lines(of stack: StackInfo, since start: String = "") async -> [PrintedLine] {
    let kept = await kept(context.admins(stack))
    return sorted(kept.flatMap(\.self)).filter { Self.time(of: $0) >= start.bytes }.map(line)
  }

  /// The events that each server keeps.
  private func kept(_ admins: [AdminClient]) async -> [[JSON]] {
    var all: [[JSON]] = []
    for admin in admins {
      do throws(CommandFailure) { all.append(try await admin.events()) } catch {
        context.warn("podid: \(error)")
        all.append([])
      }
    }
    return all
  }

  private static func time(of event: JSON) -> ByteText { (event["time"]?.string ?? "").bytes }

  /// Those that are meant, in the order of their times.
  private func sorted(_ events: [JSON]) -> [JSON] {
    events.filter(isMeant).sorted { Self.time(of: $0) < Self.time(of: $1) }
  }

  /// Whether an event is to be shown: those of the stack's own calls are not, unless asked for.
  func isMeant(_ event: JSON) -> Bool {
    filter?.matches(event) ?? (CallOrigin.of(event) == .app)
  }

  /// Prints them as they happen, until a signal comes or all servers are gone.
  func follow(_ stack: StackInfo) async {
    SignalWatch.course = .orderly
    let signals = Task {
      _ = await TerminationSignals.wait()
      StandardStreams.exitNow(0)
    }
    let admins = context.admins(stack)
    // The streams of the servers come as they like, so what there is already is read and sorted first.
    let kept = await kept(admins)
    var follower = EventFollower(admins: admins)
    follower.since = kept.map { $0.last?["number"]?.integer.flatMap(Int.init(exactly:)) ?? 0 }
    guard sorted(kept.flatMap(\.self)).allSatisfy({ context.print(line($0)) }) else {
      return signals.cancel()
    }
    for await event in follower.events() where isMeant(event) {
      guard context.print(line(event)) else { break }
    }
    signals.cancel()
  }

  /// One event: JSON, or time, service, operation, subject, outcome, check and reason.
  func line(_ event: JSON) -> PrintedLine {
    if context.arguments.has("json") { return PrintedLine(event.text()) }
    let subject = event["subject"]
    let name = [subject?["namespace"]?.string, subject?["serviceAccount"]?.string]
      .compactMap { $0 }.joined(separator: "/")
    let time = event["time"]?.string ?? ""
    var text = "\(time.dropFirst(11).prefix(12)) \(event["service"]?.string ?? "") "
    text += "\(event["operation"]?.string ?? "")"
    if !name.isEmpty { text += " \(name)" }
    if let pod = subject?["pod"]?.string { text += " (\(pod))" }
    let outcome = event["outcome"]?.string ?? ""
    let result = context.coloured(PrintedLine(outcome), isGood: outcome.bytes == "ok")
    var cause = ""
    if let check = event["check"]?.string { cause += " [\(check)]" }
    if let reason = event["reason"]?.string { cause += ": \(reason)" }
    return "\(text) \(result)\(cause)"
  }
}
