package import HTTP
import JSON

/// An error of an AWS API, or that there was no answer.
package struct AWSFailure: Error, Sendable, CustomStringConvertible {
  /// The error's code; empty where nothing of AWS answered.
  package let code: String
  package let message: String
  /// The answer's status; 0 where there was none.
  package let status: Int

  /// The failure of these parts.
  package init(code: String, message: String, status: Int) {
    self.code = code
    self.message = message
    self.status = status
  }

  /// The failure where nobody answered, for a reason.
  init(unanswered reason: String) { self.init(code: "", message: reason, status: 0) }

  /// What an answer refuses, in whichever protocol it does.
  package init(_ response: HTTPClientResponse) {
    let text = String(decoding: response.body, as: UTF8.self)
    let json = response.json
    let message = json?["message"] ?? json?["Message"]
    self.init(
      code: AWSErrorCode.read(response.headers, response.body) ?? "",
      message: message?.string ?? XMLReader(text).first("Message")
        ?? "it answers \(response.status)", status: response.status)
  }

  package var description: String { code.isEmpty ? message : "\(code): \(message)" }
}
