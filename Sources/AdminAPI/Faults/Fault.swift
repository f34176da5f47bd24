package import JSON
package import Platform

/// Which calls meet a fault.
package struct FaultMatch: Sendable {
  /// The operation's name; nil for every operation of the server.
  package var operation: String?
  /// Whom the call is about; parts that are nil match everybody.
  package var subject = EventSubject()
  /// The first of the matching calls that meets it, from 1.
  package var nth = 1
  /// How many calls meet it; nil for all that follow.
  package var count: Int?
  /// The share of those calls that meet it, 0 to 1.
  package var probability = 1.0
  /// What the chances are drawn from, so that a run can be repeated.
  package var seed: Int64 = 0

  /// Whether a call is one of these.
  func matches(_ operation: String, _ subject: EventSubject) -> Bool {
    func fits(_ wanted: String?, _ actual: String?) -> Bool {
      wanted == nil || wanted?.bytes == actual?.bytes
    }
    return fits(self.operation, operation) && fits(self.subject.namespace, subject.namespace)
      && fits(self.subject.serviceAccount, subject.serviceAccount)
      && fits(self.subject.pod, subject.pod)
  }
}

/// The same where the rules pick the same calls.
extension FaultMatch: Equatable {
  package static func == (left: FaultMatch, right: FaultMatch) -> Bool {
    left.operation?.bytes == right.operation?.bytes && left.subject == right.subject
      && left.nth == right.nth && left.count == right.count
      && left.probability == right.probability && left.seed == right.seed
  }
}

/// A fault: calls that meet it, and what becomes of them.
package struct Fault: Sendable {
  package var id: String
  package var match: FaultMatch
  package var action: FaultAction

  /// What the event log says of a call that met it.
  package var reason: String { "The fault \(id) (\(action.text)) was set for this call." }
}

extension Fault {
  /// Why a rule is not taken.
  package struct Refusal: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
  }

  /// The members of every rule, those of the actions, and those of the list (`calls`, `met`).
  private static let members = Set(
    ([
      "id", "operation", "namespace", "serviceAccount", "pod", "nth", "count", "probability",
      "seed", "action", "calls", "met",
    ] + FaultKind.all.flatMap(\.members)).map(\.bytes))

  /// Reads a rule, and judges it by what the server can do.
  ///
  /// Shape: `{"action":"error","code":"ThrottlingException","operation":"GetCredentials",
  /// "namespace":"demo","serviceAccount":"app","pod":"p","nth":2,"count":1,"probability":0.5,
  /// "seed":7,"status":429,"message":"...","duration":"5s"}`; only `action` is needed.
  package init(json: JSON, catalogue: FaultCatalogue) throws(Refusal) {
    guard let object = json.object else { throw Refusal("a fault is a JSON object") }
    for (name, _) in object where !Self.members.contains(name.bytes) {
      throw Refusal("a fault has no member \"\(name)\"")
    }
    id = try Self.text(json, "id") ?? ""
    guard id.utf8.count <= 64, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F }) else {
      throw Refusal("id must be at most 64 printable characters without spaces and slashes")
    }
    match = FaultMatch()
    match.operation = try Self.text(json, "operation")
    if let operation = match.operation, !catalogue.operations.contains(operation.bytes) {
      throw Refusal(
        "there is no operation \"\(operation)\" here; there are "
          + catalogue.operations.joined(separator: ", "))
    }
    match.subject = EventSubject(
      namespace: try Self.text(json, "namespace"),
      serviceAccount: try Self.text(json, "serviceAccount"), pod: try Self.text(json, "pod"))
    match.nth = try Self.count(json, "nth") ?? 1
    match.count = try Self.count(json, "count")
    match.seed = json["seed"]?.integer ?? 0
    if let given = json["probability"] {
      guard let value = given.double, (0...1).contains(value) else {
        throw Refusal("probability must be a number from 0 to 1")
      }
      match.probability = value
    }
    action = try FaultAction.read(
      FaultMembers(json, operation: match.operation, catalogue: catalogue))
  }

  static func text(_ json: JSON, _ name: String) throws(Refusal) -> String? {
    guard let value = json[name], !value.isNull else { return nil }
    guard let text = value.string else { throw Refusal("\(name) must be a string") }
    return text
  }

  private static func count(_ json: JSON, _ name: String) throws(Refusal) -> Int? {
    guard let value = json[name], !value.isNull else { return nil }
    guard let number = value.integer, (1...1_000_000_000).contains(number) else {
      throw Refusal("\(name) must be a number from 1")
    }
    return Int(number)
  }

  /// The rule as it is listed and kept.
  package var json: JSONObject {
    var object: JSONObject = ["id": .string(id)]
    object["operation"] = match.operation.map(JSON.string)
    object["namespace"] = match.subject.namespace.map(JSON.string)
    object["serviceAccount"] = match.subject.serviceAccount.map(JSON.string)
    object["pod"] = match.subject.pod.map(JSON.string)
    if match.nth != 1 { object["nth"] = .integer(Int64(match.nth)) }
    object["count"] = match.count.map { .integer(Int64($0)) }
    if match.probability != 1 {
      object["probability"] = .number("\(match.probability)")
      object["seed"] = .integer(match.seed)
    }
    for (name, value) in action.json { object[name] = value }
    return object
  }
}
