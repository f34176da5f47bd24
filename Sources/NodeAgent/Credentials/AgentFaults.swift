import AWSWire
package import AdminAPI
import HTTP
import JSON
import Platform

/// What can be made to fail at the agent.
package enum AgentFaults {
  static let operation = "GetCredentials"

  /// The one operation, and the errors of EKS Auth that it hands on.
  package static let catalogue = FaultCatalogue(
    operations: [operation],
    special: [.noExpiration: [operation], .pastExpiration: [operation]]
  ) { _, code in
    KnownErrors.error(code, of: "eks-auth").map { FaultError($0.code, $0.status, $0.message) }
  }

  /// An answer with the Expiration that the fault asks for.
  static func respell(_ response: HTTPResponse, _ fault: Fault, now: Instant) -> HTTPResponse {
    let isMissing = fault.isSpecial(.noExpiration)
    guard isMissing || fault.isSpecial(.pastExpiration), response.status == 200,
      var object = (try? JSON.parse(response.bodyBytes))?.object
    else { return fault.spoil(response) }
    object["Expiration"] = isMissing ? nil : .string((now - .seconds(60)).wholeSeconds.rfc3339)
    var changed = response
    changed.body = .bytes(JSON.object(object).bytes([.escapedHTML]))
    return changed
  }
}
