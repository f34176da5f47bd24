import AdminAPI
package import JSON
package import Platform
import PodIdentity

/// A fault as people write it, and as it is shown.
package enum FaultRule {
  /// The operation that is meant where none is named: the first of these that knows the action.
  private static let usual = [
    EventOperation.getCredentials, EventOperation.assumeRoleForPodIdentity,
    EventOperation.tokenRequest,
  ]

  /// The flags of `add`.
  package static let flags = [
    "operation", "server", "service-account", "pod", "nth", "count", "probability", "seed",
    "duration", "status", "message", "id",
  ]

  /// The rule of `add ACTION [CODE]` and its flags.
  package static func json(
    _ words: [String], _ arguments: CommandArguments
  ) throws(UsageError) -> JSONObject {
    var rule: JSONObject = ["action": .string(words[1])]
    if words.count == 3 {
      guard let member = FaultKind.named(words[1])?.word else {
        throw UsageError("podid fault: unexpected \"\(words[2])\"")
      }
      rule[member] = try value(words[2], of: member, "a \(member)")
    }
    for name in ["operation", "pod", "duration", "message", "id"] + numbers {
      if let text = arguments[name] { rule[name] = try value(text, of: name, "--\(name)") }
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

  /// The members that are whole numbers.
  private static let numbers = ["nth", "count", "seed", "status"]

  /// What a word gives a member; `name` is what a refusal calls the word.
  private static func value(
    _ text: String, of member: String, _ name: String
  ) throws(UsageError) -> JSON {
    guard numbers.contains(member.bytes) else { return .string(text) }
    guard let number = Int64(text) else {
      throw UsageError("podid fault: \(name) must be a number, not \"\(text)\"")
    }
    return .integer(number)
  }

  /// What can be made to fail at each server.
  package static func catalogues(
    of admins: [AdminClient]
  ) async throws(CommandFailure) -> [(service: String, json: JSON)] {
    var found: [(service: String, json: JSON)] = []
    for admin in admins {
      found.append((admin.server.service, try await admin.send("GET", "/faults")))
    }
    return found
  }

  /// The index of the server that a rule is for; a rule without an operation gets the usual one.
  package static func place(
    _ rule: inout JSONObject, server: String?, among servers: [(service: String, json: JSON)]
  ) throws(CommandFailure) -> Int {
    if let server {
      guard let index = servers.firstIndex(where: { $0.service.bytes == server.bytes }) else {
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
        guard server.json["operations"]?.strings?.contains(operation.bytes) == true else {
          continue
        }
        let special = server.json.at("special", action)?.strings ?? []
        let isGeneral = server.json["actions"]?.strings?.contains(action.bytes) == true
        guard isGeneral || special.contains(operation.bytes) || rule["operation"] != nil else {
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
  package static func text(_ rule: JSON) -> String {
    (rule.object ?? [:]).map { "\($0.name)=\($0.value.string ?? $0.value.text())" }
      .joined(separator: " ")
  }
}
