import JSON
import Platform

/// What a rule says of its action.
struct FaultMembers {
  private let json: JSON
  /// The name of the action.
  let name: String
  /// The operation that the rule is for; nil for every one of the server.
  let operation: String?
  let catalogue: FaultCatalogue
  /// The duration, where one is given.
  let duration: Duration?

  /// Reads the name and the duration, whatever the action is.
  init(
    _ json: JSON, operation: String?, catalogue: FaultCatalogue
  ) throws(Fault.Refusal) {
    guard let name = try Fault.text(json, "action") else {
      throw Fault.Refusal("a fault needs an action")
    }
    self.json = json
    self.name = name
    self.operation = operation
    self.catalogue = catalogue
    guard let text = try Fault.text(json, "duration") else {
      duration = nil
      return
    }
    guard let duration = Duration(text: text), duration <= .seconds(86_400) else {
      throw Fault.Refusal("duration must be such as 250ms, 5s or 2m, a day at most")
    }
    self.duration = duration
  }

  /// The status, where one is given.
  func status() throws(Fault.Refusal) -> Int? {
    guard let value = json["status"], !value.isNull else { return nil }
    guard let status = value.integer, (200...599).contains(status) else {
      throw Fault.Refusal("status must be a number from 200 to 599")
    }
    return Int(status)
  }

  /// The error that the code names; its status and message are the server's own unless they are given.
  func error() throws(Fault.Refusal) -> FaultError {
    guard let code = try Fault.text(json, "code") else {
      throw Fault.Refusal("the action error needs a code, such as ThrottlingException")
    }
    guard !code.isEmpty, code.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw Fault.Refusal("code must be the name of an error")
    }
    let known = catalogue.error(operation, code)
    guard let status = try status() ?? known?.status else {
      throw Fault.Refusal("the error \(code) is not known here: give its status too")
    }
    return FaultError(
      code, status, try Fault.text(json, "message") ?? known?.message ?? "A fault was set.")
  }
}
