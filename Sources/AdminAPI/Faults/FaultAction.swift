import HTTP
package import JSON
import PodIdentity

/// What becomes of a call that meets a fault.
package struct FaultAction: Sendable {
  /// What is done about the answer.
  enum Deed: Sendable {
    /// The true answer comes, later.
    case pause(Duration)
    /// Another answer comes in its place; `render` writes an error as the operation's protocol has it.
    case instead(@Sendable (_ render: (FaultError) -> HTTPResponse) -> HTTPResponse)
    /// The true answer comes with another body.
    case spoil(@Sendable ([UInt8]) -> HTTPResponse.Body)
    /// The service's own code does it.
    case own
  }

  /// What rules call it: the name of a row of ``FaultKind``, or of a fault of the server's catalogue.
  package let name: String
  let deed: Deed
  /// What the event log calls the outcome of a call that met it; nil leaves it as it is.
  let outcome: String?
  /// The action in words, for the event log.
  let text: String
  /// The members of the rule that say it.
  package let json: JSONObject

  /// The action that a rule names; `members` say more of it, `shown` follows its name in words.
  init(
    _ rule: FaultMembers, _ deed: Deed, members: JSONObject = [:], shown: String? = nil,
    outcome: String? = EventOutcome.fault
  ) {
    name = rule.name
    self.deed = deed
    self.outcome = outcome
    text = rule.name + (shown.map { " \($0)" } ?? "")
    var json: JSONObject = ["action": .string(rule.name)]
    for (name, value) in members { json[name] = value }
    self.json = json
  }

  /// Finds the action of a rule: a row of the table, or a fault of the server's own.
  static func read(_ rule: FaultMembers) throws(Fault.Refusal) -> FaultAction {
    if let kind = FaultKind.named(rule.name) { return try kind.action(rule) }
    let special = rule.catalogue.special
    guard let operations = special.first(where: { $0.name.bytes == rule.name.bytes })?.operations
    else {
      let known = FaultKind.all.map(\.name) + special.map(\.name)
      throw Fault.Refusal(
        "there is no action \"\(rule.name)\" here; there are \(known.joined(separator: ", "))")
    }
    guard let operation = rule.operation, operations.contains(operation.bytes) else {
      throw Fault.Refusal(
        "the action \(rule.name) is for the operation \(operations.joined(separator: " or "))")
    }
    return FaultAction(rule, .own)
  }
}

/// The same where rules say the same.
extension FaultAction: Equatable {
  package static func == (left: FaultAction, right: FaultAction) -> Bool { left.json == right.json }
}
