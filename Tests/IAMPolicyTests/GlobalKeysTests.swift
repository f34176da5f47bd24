import Platform
import Testing

@testable import IAMPolicy

/// The global condition keys that each kind of caller brings (IAM user guide, "AWS global condition
/// context keys").
@Suite struct GlobalKeysTests {
  @Test("a session's keys: who it is, since when, and its tags before its role's")
  func session() {
    var context = PolicyContext()
    context.addSessionKeys(
      account: "111122223333", role: ("arn:aws:iam::111122223333:role/r", "AROAX"),
      sessionName: "pod", issued: Instant(seconds: 0),
      roleTags: [(key: "team", value: "role"), (key: "only", value: "role")],
      sessionTags: [(key: "team", value: "session")])
    #expect(context["aws:PrincipalArn"] == ["arn:aws:iam::111122223333:role/r"])
    #expect(context["aws:PrincipalAccount"] == ["111122223333"])
    #expect(context["aws:PrincipalType"] == ["AssumedRole"])
    #expect(context["aws:PrincipalIsAWSService"] == ["false"])
    #expect(context["aws:userid"] == ["AROAX:pod"])
    #expect(context["aws:TokenIssueTime"] == ["1970-01-01T00:00:00Z"])
    #expect(context["aws:MultiFactorAuthPresent"] == ["false"])
    #expect(context["aws:PrincipalTag/team"] == ["session"])
    #expect(context["aws:PrincipalTag/only"] == ["role"])
    #expect(context["aws:PrincipalServiceName"] == nil)
  }

  @Test("a service's keys: which it is, and for what it acts")
  func service() {
    var context = PolicyContext()
    context.addServiceKeys("pods.eks.amazonaws.com", account: "1", source: "arn:x")
    #expect(context["aws:PrincipalIsAWSService"] == ["true"])
    #expect(context["aws:PrincipalServiceName"] == ["pods.eks.amazonaws.com"])
    #expect(context["aws:PrincipalServiceNamesList"] == ["pods.eks.amazonaws.com"])
    #expect(context["aws:SourceAccount"] == ["1"])
    #expect(context["aws:SourceArn"] == ["arn:x"])
    #expect(context["aws:PrincipalArn"] == nil)
  }

  @Test(
    "keys with several values are told from those with one, in any case",
    arguments: [
      ("aws:TagKeys", true), ("AWS:CALLEDVIA", true), ("aws:PrincipalServiceNamesList", true),
      ("sts:TransitiveTagKeys", true), ("aws:PrincipalTag/a", false), ("aws:TagKey", false),
    ])
  func multivalued(key: String, isMultivalued: Bool) {
    #expect(PolicyContext().isMultivalued(key) == isMultivalued)
  }

  @Test("of two contexts the other's keys count")
  func merge() {
    var (first, second) = (PolicyContext(), PolicyContext())
    first["aws:A"] = ["1"]
    first["aws:B"] = ["1"]
    second["aws:B"] = ["2"]
    first.merge(second)
    #expect(first["aws:A"] == ["1"] && first["aws:B"] == ["2"])
  }
}
