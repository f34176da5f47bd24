import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// What ends a walk, and what is blamed for it.
@Suite struct ExplainStopTests {
  private struct Failure: Error, CustomStringConvertible {
    let description = "it does not answer"
  }

  private static func fault(_ id: String) -> StackFaults.Fault {
    StackFaults.Fault(service: "aws-api", id: id, text: "error X", met: 1, isSpent: false)
  }

  @Test("a call that failed may be a fault's doing, what was read is nobody's")
  func blaming() {
    let faults = [Self.fault("f1"), Self.fault("f2")]
    let failed = ExplainStop("role", Failure())
    #expect(failed.step.text == "it does not answer" && failed.step.mend?.text == "podid status")
    let blamed = failed.blaming(faults)
    #expect(
      blamed.step.text
        == "it does not answer; this is the fault that aws-api has set: error X")
    #expect(blamed.step.hop == "role" && blamed.step.mend?.text == "podid fault clear f2")
    #expect(failed.blaming([]).step.text == "it does not answer")
    let read = ExplainStop("role", "there is none", mend: nil)
    #expect(read.blaming(faults).step.text == "there is none")
    #expect(read.ofTrial.blaming(faults).step.mend?.text == "podid fault clear f2")
  }

  @Test("steps and warnings are told in JSON, with a command or without")
  func json() {
    let stop = ExplainStop("role", "there is none", mend: .podid("status")).step
    #expect(
      stop.json
        == ["hop": "role", "ok": false, "text": "there is none", "mend": "podid status"])
    let good = ExplainStep(hop: "role", isGood: true, text: "r")
    #expect(good.json == ["hop": "role", "ok": true, "text": "r", "mend": .null])
    let warning = Self.fault("f1").warning
    #expect(
      warning.json == [
        "hop": "fault", "text": "aws-api has a fault set: error X", "mend": "podid fault clear f1",
      ])
    let bare = ExplainWarning(hop: "pod", text: "t")
    #expect(bare.json == ["hop": "pod", "text": "t", "mend": .null])
  }

  @Test(
    "names of objects are lower case letters and digits, with points and hyphens within",
    arguments: [
      ("a", true), ("0", true), ("a-b.c", true), ("", false), ("-a", false), ("a-", false),
      (".a", false), ("A", false), ("a_b", false), ("a/b", false),
      (String(repeating: "a", count: 253), true), (String(repeating: "a", count: 254), false),
    ])
  func names(name: String, isValid: Bool) {
    #expect(ObjectName.isValid(name) == isValid)
  }

  @Test(
    "condition keys of AWS are known in any case, those of organizations and session tags apart",
    arguments: [
      ("aws:SourceIp", true, false, false), ("AWS:PrincipalOrgID", true, true, false),
      ("aws:SourceOrgPaths", true, true, false), ("x:orgid", false, false, false),
      ("aws:RequestTag/kubernetes-namespace", false, false, true),
      ("AWS:RequestTag/EKS-cluster-name", false, false, true),
      ("aws:RequestTag/team", false, false, false), ("aws:SourceIpp", false, false, false),
    ])
  func keys(key: String, isKnown: Bool, isOfOrganization: Bool, isOfSessionTag: Bool) {
    #expect(KnownConditionKeys.contain(key) == isKnown)
    #expect(KnownConditionKeys.isOfOrganization(key) == isOfOrganization)
    #expect(KnownConditionKeys.isOfSessionTag(key) == isOfSessionTag)
  }
}
