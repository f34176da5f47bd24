import JSON
import Platform

/// What becomes of a call that meets a fault.
package enum FaultAction: Sendable, Hashable {
  /// An error of the operation's own protocol.
  case error(FaultError)
  /// A bare status, with a text that is none of the protocol's.
  case status(Int)
  /// The true answer, later.
  case delay(Duration)
  /// No answer at all.
  case hang
  /// The connection is reset.
  case reset
  /// The true answer's first half, then the connection ends.
  case truncate
  /// The true answer, spread over a time.
  case drip(Duration)
  /// The true answer's head, with a body that is no JSON and no XML.
  case garbage
  /// The server restarts before it answers, and stays away for a time.
  case restart(Duration)
  /// Something that the service itself carries out.
  case special(ServiceFault)

  /// The names of those that every server knows.
  static let names = [
    "error", "status", "delay", "hang", "reset", "truncate", "drip", "garbage", "restart",
  ]
  /// A server ends a call that takes longer than this itself.
  static let longestDelay = Duration.seconds(50)

  /// Reads the action of a rule.
  init(
    json: JSON, operation: String?, catalogue: FaultCatalogue
  ) throws(Fault.Refusal) {
    guard let name = try Fault.text(json, "action") else {
      throw Fault.Refusal("a fault needs an action")
    }
    let duration = try Self.duration(json)
    switch name {
    case "error": self = .error(try Self.error(json, operation: operation, catalogue: catalogue))
    case "status":
      guard let status = try Self.status(json) else {
        throw Fault.Refusal("the action status needs a status")
      }
      self = .status(status)
    case "delay":
      guard let duration else { throw Fault.Refusal("the action delay needs a duration") }
      guard duration <= Self.longestDelay else {
        throw Fault.Refusal("a delay is 50s at most; the action hang never answers")
      }
      self = .delay(duration)
    case "hang": self = .hang
    case "reset": self = .reset
    case "truncate": self = .truncate
    case "drip": self = .drip(duration ?? .seconds(10))
    case "garbage": self = .garbage
    case "restart": self = .restart(duration ?? .zero)
    default:
      guard let special = ServiceFault(rawValue: name),
        let operations = catalogue.special[special]
      else {
        let known = Self.names + catalogue.special.keys.map(\.rawValue).sorted()
        throw Fault.Refusal(
          "there is no action \"\(name)\" here; there are \(known.joined(separator: ", "))")
      }
      guard let operation, operations.contains(operation) else {
        throw Fault.Refusal(
          "the action \(name) is for the operation \(operations.joined(separator: " or "))")
      }
      self = .special(special)
    }
  }

  private static func duration(_ json: JSON) throws(Fault.Refusal) -> Duration? {
    guard let text = try Fault.text(json, "duration") else { return nil }
    guard let duration = Duration(text: text), duration <= .seconds(86_400) else {
      throw Fault.Refusal("duration must be such as 250ms, 5s or 2m, a day at most")
    }
    return duration
  }

  private static func status(_ json: JSON) throws(Fault.Refusal) -> Int? {
    guard let value = json["status"], !value.isNull else { return nil }
    guard let status = value.integer, (200...599).contains(status) else {
      throw Fault.Refusal("status must be a number from 200 to 599")
    }
    return Int(status)
  }

  private static func error(
    _ json: JSON, operation: String?, catalogue: FaultCatalogue
  ) throws(Fault.Refusal) -> FaultError {
    guard let code = try Fault.text(json, "code") else {
      throw Fault.Refusal("the action error needs a code, such as ThrottlingException")
    }
    guard !code.isEmpty, code.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw Fault.Refusal("code must be the name of an error")
    }
    let known = catalogue.error(operation, code)
    guard let status = try status(json) ?? known?.status else {
      throw Fault.Refusal("the error \(code) is not known here: give its status too")
    }
    return FaultError(
      code, status, try Fault.text(json, "message") ?? known?.message ?? "A fault was set.")
  }

  /// The members of the rule that say it.
  var json: JSONObject {
    var object: JSONObject = ["action": .string(name)]
    switch self {
    case .error(let error):
      object["code"] = .string(error.code)
      object["status"] = .integer(Int64(error.status))
      object["message"] = .string(error.message)
    case .status(let status): object["status"] = .integer(Int64(status))
    case .delay(let duration), .drip(let duration), .restart(let duration):
      object["duration"] = .string("\(duration.nanoseconds / 1_000_000)ms")
    default: break
    }
    return object
  }

  private var name: String {
    switch self {
    case .error: "error"
    case .status: "status"
    case .delay: "delay"
    case .hang: "hang"
    case .reset: "reset"
    case .truncate: "truncate"
    case .drip: "drip"
    case .garbage: "garbage"
    case .restart: "restart"
    case .special(let fault): fault.rawValue
    }
  }

  /// The action in words.
  var text: String {
    switch self {
    case .error(let error): "error \(error.code)"
    case .status(let status): "status \(status)"
    case .delay(let duration): "delay \(duration.nanoseconds / 1_000_000) ms"
    default: name
    }
  }
}
