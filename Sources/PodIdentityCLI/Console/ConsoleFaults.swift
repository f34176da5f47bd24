import JSON

/// The faults that the page has buttons for: the rules that `podid fault add` would set.
struct ConsoleFaults: Sendable {
  let context: CommandContext

  /// A button's name, and its rule.
  static let rules: [(name: String, rule: JSONObject)] = [
    ("throttle", ["action": "error", "code": "ThrottlingException", "count": 1]),
    ("agent-500", ["action": "status", "status": 500, "count": 1, "operation": "GetCredentials"]),
    ("expired", ["action": "past-expiration", "operation": "GetCredentials"]),
    ("not-visible", ["action": "association-not-visible", "count": 1]),
    ("restart", ["action": "restart", "count": 1, "operation": "GetCredentials"]),
    // The agent waits for one second.
    (
      "slow",
      ["action": "delay", "duration": "1500ms", "operation": "AssumeRoleForPodIdentity"]
    ),
  ]

  /// Whether there is a button of this name.
  static func knows(_ name: String) -> Bool {
    name == "clear" || rules.contains { $0.name == name }
  }

  /// Sets the fault of a button, or with `clear` removes all; says in a sentence what was done.
  func press(_ name: String, at stack: StackInfo) async throws(CommandFailure) -> String {
    let admins = context.admins(stack)
    if name == "clear" {
      try await admins.clearFaults()
      return "All faults are cleared."
    }
    guard var rule = Self.rules.first(where: { $0.name == name })?.rule else {
      throw CommandFailure("the console has no fault \"\(name)\"")
    }
    let index = try FaultRule.place(
      &rule, server: nil, among: try await FaultRule.catalogues(of: admins))
    let added = try await admins[index].send("POST", "/faults", body: .object(rule))
    return "Set at \(admins[index].server.service): \(Self.text(added))."
  }

  /// The active faults of all servers that answer, in lines.
  func active(at stack: StackInfo) async -> JSON {
    var all: [JSON] = []
    for admin in context.admins(stack) {
      guard let list = try? await admin.send("GET", "/faults", timeout: .seconds(2)) else {
        continue
      }
      for fault in list["faults"]?.array ?? [] where !StackFaults.isSpent(fault) {
        all.append([
          "server": .string(admin.server.service), "id": fault["id"] ?? "",
          "text": .string(Self.text(fault)), "met": fault["met"] ?? 0,
        ])
      }
    }
    return .array(all)
  }

  /// A rule in words: what, where, how often.
  static func text(_ rule: JSON) -> String {
    var words = [rule["action"]?.string ?? ""]
    if let code = rule["code"]?.string { words.append(code) }
    if let status = rule["status"]?.integer { words.append("\(status)") }
    // A restart that takes no longer than it takes.
    if let duration = rule["duration"]?.string, duration != "0ms" { words.append(duration) }
    if let operation = rule["operation"]?.string { words.append("at \(operation)") }
    if let account = rule["serviceAccount"]?.string { words.append("for \(account)") }
    if let count = rule["count"]?.integer { words.append(count == 1 ? "once" : "\(count) times") }
    return words.joined(separator: " ")
  }
}
