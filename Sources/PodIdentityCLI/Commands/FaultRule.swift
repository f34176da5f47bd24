import JSON
import Platform

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
      let known = servers.flatMap { $0.json["operations"]?.strings ?? [] }
      let near = Spelling.nearest(operation, among: known).map { ", but \"\($0)\"" } ?? ""
      throw CommandFailure(
        "no server has an operation \"\(operation)\"\(near); podid fault list --json "
          + "names all")
    }
    throw CommandFailure("no server knows the action \"\(action)\"; see podid help fault")
  }

  /// A rule in a line.
  static func text(_ rule: JSON) -> String {
    (rule.object ?? [:]).map { "\($0.name)=\($0.value.string ?? $0.value.text())" }
      .joined(separator: " ")
  }
}
