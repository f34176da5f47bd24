import AWSWire
package import AdminAPI
import HTTP
import JSON
import Platform
import PodIdentity

/// What can be made to fail at the agent.
package enum AgentFaults {
  static let operation = EventOperation.getCredentials

  /// The one operation, and the errors of EKS Auth that it hands on.
  package static let catalogue = FaultCatalogue(
    operations: [operation],
    special: ServiceFault.all.map { ($0.name, $0.operations) }
  ) { _, code in
    EKSAuthErrors.all.named(code).map { FaultError($0.code, $0.status, $0.message) }
  }

  /// An answer with the Expiration that the fault asks for.
  static func respell(_ response: HTTPResponse, _ fault: Fault, now: Instant) -> HTTPResponse {
    let isMissing = fault.isSpecial(ServiceFault.noExpiration.name)
    guard isMissing || fault.isSpecial(ServiceFault.pastExpiration.name), response.status == 200,
      var object = (try? JSON.parse(response.bodyBytes))?.object
    else { return response }
    object["Expiration"] = isMissing ? nil : .string((now - .seconds(60)).wholeSeconds.rfc3339)
    var changed = response
    changed.body = .bytes(JSON.object(object).bytes([.escapedHTML]))
    return changed
  }
}
