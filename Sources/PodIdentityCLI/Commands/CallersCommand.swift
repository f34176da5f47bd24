import CommandCore
import JSON
import Platform
import PodIdentity

extension Command {
  /// The flags that say who alone may call AWS.
  static let onlyRoleOption = Option(
    "only-role", "ROLE", "fail if AWS was called otherwise than as this role")

  static let callers = Command(
    name: "callers",
    usage: "[--only-role ROLE | --service-account [NS/]NAME] [--since WHEN] [--json]",
    summary: "show who called AWS, and as whom; fail if it was anybody else",
    options: [
      onlyRoleOption,
      Option("service-account", "[NS/]NAME", "fail if it was otherwise than as its role"),
      Option("since", "WHEN", "from a time on: 5m (ago), or 2026-11-24T10:00:00Z"),
      jsonOption, stackOption,
    ]
  ) { context in
    let rule = try CallerRule(context.arguments)
    let start = try EventFilter.time(
      context.arguments["since"], now: context.clock.now, command: "callers")
    let stack = try context.stack()
    var audit = CallerAudit(since: start ?? "")
    for admin in context.admins(stack) where admin.isOf(.awsAPI) {
      for event in try await admin.events() { audit.note(event) }
    }
    let found = audit.calls(otherThan: rule)
    if context.arguments.has("json") {
      let calls = found.map { call, count, first in
        JSON.object([
          "operation": .string(call.operation.string),
          "caller": call.caller.map { .string($0.string) } ?? .null,
          "principal": .string(call.principal), "count": .integer(Int64(count)),
          "first": .string(first),
        ])
      }
      context.print(lines: JSON.array(calls).text([.indented]))
    } else {
      for line in CallerReport.lines(found) { context.print(line) }
    }
    guard let rule, !found.isEmpty else { return 0 }
    throw CommandFailure(CallerReport.objection(to: rule))
  }
}

/// What is said of calls that were made as somebody else.
enum CallerReport {
  private static let mostLines = 20

  /// A line for each kind of call, twenty at most.
  static func lines(
    _ calls: [(call: CallerAudit.Call, count: Int, first: String)]
  ) -> [PrintedLine] {
    var lines = calls.prefix(mostLines).map { call, count, first -> PrintedLine in
      let times = count == 1 ? "once" : "\(count) times"
      return "  \(call.operation) as \(call.principal), \(times), first at \(first)"
    }
    if calls.count > mostLines { lines.append("  and \(calls.count - mostLines) more kinds") }
    return lines
  }

  /// The sentence above them.
  static func objection(to rule: CallerRule) -> String {
    "AWS was called otherwise than as \(rule.text)"
  }
}
