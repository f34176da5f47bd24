package import CommandCore
package import JSON
import PodIdentity

/// The faults that the page has buttons for: the rules that `podid fault add` would set.
package struct ConsoleFaults: Sendable {
  let access: StackAccess

  /// The faults that can be set at the stacks of this access.
  package init(access: StackAccess) { self.access = access }

  /// A button: its name in the path, what it says, what it does, and the rule that it sets.
  struct Button: Sendable {
    let name: String
    let label: String
    let title: String
    let rule: JSONObject

    /// For which calls a press sets it.
    var usual: String { rule["count"] == nil ? "every call" : "next call" }
  }

  /// The buttons, in the page's order.
  static let rules = [
    Button(
      name: "throttle", label: "Throttle",
      title: "The agent answers one call more with ThrottlingException",
      rule: ["action": "error", "code": "ThrottlingException", "count": 1]),
    Button(
      name: "agent-500", label: "Agent 500",
      title: "The agent answers one call more with status 500",
      rule: [
        "action": "status", "status": 500, "count": 1,
        "operation": .string(EventOperation.getCredentials),
      ]),
    Button(
      name: "expired", label: "Expired",
      title: "The agent hands out credentials that are past their end, until it is cleared",
      rule: ["action": "past-expiration", "operation": .string(EventOperation.getCredentials)]),
    Button(
      name: "not-visible", label: "Unseen association",
      title: "EKS Auth does not see the association yet, for one call more",
      rule: ["action": "association-not-visible", "count": 1]),
    Button(
      name: "restart", label: "Restart agent",
      title: "The agent restarts in the middle of one call more",
      rule: ["action": "restart", "count": 1, "operation": .string(EventOperation.getCredentials)]),
    Button(
      name: "slow", label: "Slow EKS Auth",
      // The agent waits for one second.
      title: "EKS Auth takes 1.5 s, longer than the agent waits, until it is cleared",
      rule: [
        "action": "delay", "duration": "1500ms",
        "operation": .string(EventOperation.assumeRoleForPodIdentity),
      ]),
  ]

  /// Whether there is a button of this name.
  static func knows(_ name: String) -> Bool {
    name.bytes == "clear" || rules.contains { $0.name.bytes == name.bytes }
  }

  /// More presses than this add no more calls.
  private static let most: Int64 = 20

  /// The id of a button's rule, so that it is known again among those set elsewhere.
  private static func id(_ name: String) -> String { "console-\(name)" }

  /// Sets the fault of a button, or with `clear` removes all; says in a sentence what was done.
  ///
  /// Where the rule is for one call, each press is for one call more.
  func press(_ name: String, at stack: StackInfo) async throws(CommandFailure) -> String {
    let admins = access.admins(stack)
    if name.bytes == "clear" {
      try await admins.clearFaults()
      return "All faults are cleared."
    }
    guard var rule = Self.rules.first(where: { $0.name.bytes == name.bytes })?.rule else {
      throw CommandFailure("the console has no fault \"\(name)\"")
    }
    let index = try FaultRule.place(
      &rule, server: nil, among: try await FaultRule.catalogues(of: admins))
    let id = Self.id(name)
    rule["id"] = .string(id)
    if let once = rule["count"]?.integer {
      let list = try await admins[index].send("GET", "/faults")
      let own = list["faults"]?.array?.first { $0["id"]?.string?.bytes == id.bytes }
      rule["count"] = .integer(Self.count(once, over: own))
    }
    let added = try await admins[index].send("POST", "/faults", body: .object(rule))
    return "Set at \(admins[index].server.service): \(Self.text(added))."
  }

  /// The active faults of all servers that answer, in lines.
  func active(at stack: StackInfo) async -> JSON {
    var all: [JSON] = []
    for admin in access.admins(stack) {
      guard let list = try? await admin.send("GET", "/faults", timeout: .seconds(2)) else {
        continue
      }
      for fault in list["faults"]?.array ?? [] where !StackFaults.isSpent(fault) {
        all.append(Self.json(fault, of: admin.server.service))
      }
    }
    return .array(all)
  }

  /// A fault of a server, in a line of the page.
  static func json(_ fault: JSON, of server: String) -> JSON {
    let button = rules.first { fault["id"]?.string?.bytes == id($0.name).bytes }
    return [
      "server": .string(server), "id": fault["id"] ?? "", "text": .string(text(fault)),
      "met": fault["met"] ?? 0, "button": button.map { .string($0.name) } ?? .null,
      "left": left(fault).map(JSON.integer) ?? .null,
    ]
  }

  /// For how many calls a rule is after a press, where another press may have set it before.
  static func count(_ once: Int64, over fault: JSON?) -> Int64 {
    min(once + min(fault.flatMap(left) ?? 0, most), most)
  }

  /// How many calls are yet to meet a rule; nil where it is for all.
  private static func left(_ fault: JSON) -> Int64? {
    fault["count"]?.integer.map { max(0, $0 - (fault["met"]?.integer ?? 0)) }
  }

  /// A rule in words: what, where, how often.
  package static func text(_ rule: JSON) -> String {
    var words = [rule["action"]?.string ?? ""]
    if let code = rule["code"]?.string { words.append(code) }
    if let status = rule["status"]?.integer { words.append("\(status)") }
    // A restart that takes no longer than it takes.
    if let duration = rule["duration"]?.string, duration.bytes != "0ms" { words.append(duration) }
    if let operation = rule["operation"]?.string { words.append("at \(operation)") }
    if let account = rule["serviceAccount"]?.string { words.append("for \(account)") }
    if let count = rule["count"]?.integer { words.append(count == 1 ? "once" : "\(count) times") }
    return words.joined(separator: " ")
  }
}
