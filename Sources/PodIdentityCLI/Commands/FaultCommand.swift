import JSON
import Platform

extension Command {
  static let fault = Command(
    name: "fault", usage: "add ACTION [CODE] | list | clear [ID]",
    summary: "let calls fail: errors, delays, broken answers, a restart",
    options: [
      Option("operation", "NAME", "the operation, such as GetCredentials (see podid fault list)"),
      Option("server", "NAME", "kubernetes-api, aws-api or node-agent, for all its operations"),
      Option("service-account", "[NS/]NAME", "calls of this ServiceAccount alone"),
      Option("pod", "NAME", "calls of this pod alone"),
      Option("nth", "N", "from the Nth matching call on (default 1)"),
      Option("count", "N", "for N calls (default: until cleared)"),
      Option("probability", "P", "for this share of the calls, 0 to 1"),
      Option("seed", "N", "what the chances are drawn from"),
      Option("duration", "D", "of delay, drip and restart, such as 5s"),
      Option("status", "N", "the status of the answer"),
      Option("message", "TEXT", "the message of an error"),
      Option("id", "NAME", "what to call it"), jsonOption, stackOption,
    ], operands: 1...3
  ) { context in
    let words = context.arguments.operands
    let admins = context.admins(try context.stack())
    switch (words[0], words.count) {
    case ("add", 2...3): return try await add(words, to: admins, context)
    case ("list", 1): return try await list(admins, context)
    case ("clear", 1...2):
      // A flag that narrows nothing must not clear everything.
      for flag in FaultRule.flags where context.arguments.has(flag) && flag != "id" {
        throw UsageError("podid fault: clear takes an ID, not --\(flag)")
      }
      let id = context.arguments["id"]
      guard words.count == 1 || id == nil else {
        throw UsageError("podid fault: clear takes one ID")
      }
      try await clear(words.count == 2 ? words[1] : id, at: admins)
      return try await list(admins, context)
    default:
      throw UsageError("podid fault: usage: podid fault add ACTION [CODE] | list | clear [ID]")
    }
  }

  private static func add(
    _ words: [String], to admins: [AdminClient], _ context: CommandContext
  ) async throws -> Int32 {
    var rule = try FaultRule.json(words, context.arguments)
    let index = try FaultRule.place(
      &rule, server: context.arguments["server"],
      among: try await FaultRule.catalogues(of: admins))
    let target = admins[index]
    let added = try await target.send("POST", "/faults", body: .object(rule))
    context.print(
      context.arguments.has("json")
        ? added.text() : "\(target.server.service)  \(FaultRule.text(added))")
    return 0
  }

  private static func list(
    _ admins: [AdminClient], _ context: CommandContext
  ) async throws -> Int32 {
    var all = JSONObject()
    for admin in admins {
      let json = try await admin.send("GET", "/faults")
      all[admin.server.service] = json
      guard !context.arguments.has("json") else { continue }
      for fault in json["faults"]?.array ?? [] {
        context.print("\(admin.server.service)  \(FaultRule.text(fault))")
      }
    }
    if context.arguments.has("json") { context.print(JSON.object(all).text()) }
    return 0
  }

  private static func clear(_ id: String?, at admins: [AdminClient]) async throws {
    guard let id else {
      for admin in admins { _ = try await admin.send("DELETE", "/faults") }
      return
    }
    // Each server numbers its own: one id may be that of several.
    var isFound = false
    for admin in admins {
      let faults = try await admin.send("GET", "/faults")["faults"]?.array ?? []
      guard faults.contains(where: { $0["id"]?.string == id }) else { continue }
      _ = try await admin.send("DELETE", "/faults/\(id)")
      isFound = true
    }
    guard !isFound else { return }
    throw CommandFailure("there is no fault \(id); see podid fault list")
  }
}

/// A fault as people write it, and as it is shown.
enum FaultRule {
  /// The operation that is meant where none is named: the first of these that knows the action.
  private static let usual = ["GetCredentials", "AssumeRoleForPodIdentity", "TokenRequest"]

  /// The flags of `add`.
  static let flags = [
    "operation", "server", "service-account", "pod", "nth", "count", "probability", "seed",
    "duration", "status", "message", "id",
  ]

  /// The rule of `add ACTION [CODE]` and its flags.
  static func json(
    _ words: [String], _ arguments: CommandArguments
  ) throws(UsageError) -> JSONObject {
    var rule: JSONObject = ["action": .string(words[1])]
    if words.count == 3 {
      guard ["error", "status", "delay"].contains(words[1]) else {
        throw UsageError("podid fault: unexpected \"\(words[2])\"")
      }
      switch words[1] {
      case "error": rule["code"] = .string(words[2])
      case "delay": rule["duration"] = .string(words[2])
      default: rule["status"] = .integer(try number(words[2], "a status"))
      }
    }
    for name in ["operation", "pod", "duration", "message", "id"] {
      if let value = arguments[name] { rule[name] = .string(value) }
    }
    for name in ["nth", "count", "seed", "status"] {
      if let value = arguments[name] { rule[name] = .integer(try number(value, "--\(name)")) }
    }
    if let value = arguments["probability"] {
      guard let share = Double(value), (0...1).contains(share) else {
        throw UsageError("podid fault: --probability must be from 0 to 1, not \"\(value)\"")
      }
      rule["probability"] = .number("\(share)")
    }
    if let text = arguments["service-account"] {
      let account = try AccountName(text)
      rule["namespace"] = .string(account.namespace)
      rule["serviceAccount"] = .string(account.name)
    }
    return rule
  }

  private static func number(_ text: String, _ name: String) throws(UsageError) -> Int64 {
    guard let number = Int64(text) else {
      throw UsageError("podid fault: \(name) must be a number, not \"\(text)\"")
    }
    return number
  }

  /// What can be made to fail at each server.
  static func catalogues(
    of admins: [AdminClient]
  ) async throws(CommandFailure) -> [(service: String, json: JSON)] {
    var found: [(service: String, json: JSON)] = []
    for admin in admins {
      found.append((admin.server.service, try await admin.send("GET", "/faults")))
    }
    return found
  }

  /// The index of the server that a rule is for; a rule without an operation gets the usual one.
  static func place(
    _ rule: inout JSONObject, server: String?, among servers: [(service: String, json: JSON)]
  ) throws(CommandFailure) -> Int {
    if let server {
      guard let index = servers.firstIndex(where: { $0.service == server }) else {
        throw CommandFailure(
          "there is no server \"\(server)\"; there are "
            + servers.map(\.service).joined(separator: ", "))
      }
      return index
    }
    let action = rule["action"]?.string ?? ""
    let wanted = rule["operation"]?.string.map { [$0] } ?? usual
    for operation in wanted {
      for (index, server) in servers.enumerated() {
        guard server.json["operations"]?.strings?.contains(operation) == true else { continue }
        let special = server.json.at("special", action)?.strings ?? []
        let isGeneral = server.json["actions"]?.strings?.contains(action) == true
        guard isGeneral || special.contains(operation) || rule["operation"] != nil else {
          continue
        }
        rule["operation"] = .string(operation)
        return index
      }
    }
    if let operation = rule["operation"]?.string {
      throw CommandFailure(
        "no server has an operation \"\(operation)\"; podid fault list --json names them")
    }
    throw CommandFailure("no server knows the action \"\(action)\"; see podid help fault")
  }

  /// A rule in a line.
  static func text(_ rule: JSON) -> String {
    (rule.object ?? [:]).map { "\($0.name)=\($0.value.string ?? $0.value.text())" }
      .joined(separator: " ")
  }
}
