import JSON
import Platform
import Testing

@testable import AdminAPI

/// Which calls a rule is for.
@Suite struct FaultMatchTests {
  /// Namespace, ServiceAccount and pod.
  private static let called = EventSubject(namespace: "n", serviceAccount: "a", pod: "p")

  private func matches(_ members: JSONObject, _ subject: EventSubject) throws -> Bool {
    var rule = members
    rule["action"] = "hang"
    let catalogue = FaultBookTests.catalogue
    return try Fault(json: .object(rule), catalogue: catalogue).match.matches("Get", subject)
  }

  @Test(
    "each part that a rule names must be the call's",
    arguments: [
      ([:], true), (["namespace": "n"], true), (["namespace": "m"], false),
      (["serviceAccount": "a"], true), (["serviceAccount": "b"], false), (["pod": "p"], true),
      (["pod": "q"], false), (["operation": "Get"], true), (["operation": "Put"], false),
      (["namespace": "n", "serviceAccount": "a", "pod": "p", "operation": "Get"], true),
      (["namespace": "m", "serviceAccount": "a", "pod": "p", "operation": "Get"], false),
      (["namespace": "n", "serviceAccount": "b", "pod": "p", "operation": "Get"], false),
      (["namespace": "n", "serviceAccount": "a", "pod": "q", "operation": "Get"], false),
      (["namespace": "n", "serviceAccount": "a", "pod": "p", "operation": "Put"], false),
      (["namespace": ""], false), (["namespace": "N"], false), (["namespace": .null], true),
    ] as [(JSONObject, Bool)])
  func parts(members: JSONObject, isMatch: Bool) throws {
    #expect(try matches(members, Self.called) == isMatch)
  }

  @Test("a part that is not known of the call is none that a rule names")
  func unknown() throws {
    for name in ["namespace", "serviceAccount", "pod"] {
      #expect(try !matches([name: "n"], EventSubject()))
    }
    #expect(try matches([:], EventSubject()))
  }
}
