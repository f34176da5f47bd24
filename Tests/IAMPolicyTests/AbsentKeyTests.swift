import Testing

@testable import IAMPolicy

/// Conditions on keys that a request does not have, and the wildcards of ARNs.
@Suite struct AbsentKeyTests {
  private static func holds(
    _ test: String, key: String = "k", _ value: String, _ context: PolicyContext = PolicyContext()
  ) throws -> Bool {
    let condition = #""\#(test)":{"\#(key)":"\#(value)"}"#
    let document = try PolicyDocument(
      text:
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{\#(condition)}}}"#,
      kind: .inline)
    return PolicyEvaluation(identity: [NamedPolicy(name: "p", document: document)])
      .decide(PolicyRequest(action: "a:b", resource: "*", context: context)).isAllowed
  }

  @Test(
    "a negated operator holds where the key is absent, another does not",
    arguments: ["String", "Arn"], ["Equals", "Like", "NotEquals", "NotLike"])
  func absent(kind: String, rest: String) throws {
    let (test, isNegated) = (kind + rest, rest.hasPrefix("Not"))
    let value = kind == "Arn" ? "arn:aws:iam::1:role/x" : "x"
    #expect(try Self.holds(test, value) == isNegated)
    #expect(try !Self.holds("ForAnyValue:" + test, value))
    #expect(try Self.holds("ForAllValues:" + test, value))
    #expect(try Self.holds(test + "IfExists", value))
    #expect(try Self.holds("ForAnyValue:" + test + "IfExists", value))
  }

  @Test(
    "every operator of ARNs takes wildcards",
    arguments: [
      ("ArnEquals", true), ("ArnLike", true), ("ArnNotEquals", false), ("ArnNotLike", false),
    ])
  func wildcards(test: String, isMatch: Bool) throws {
    for (name, fits) in [("app-1", true), ("app-", true), ("x", false)] {
      var context = PolicyContext()
      context["aws:PrincipalArn"] = ["arn:aws:iam::1:role/\(name)"]
      let holds = try Self.holds(
        test, key: "aws:PrincipalArn", "arn:aws:iam::1:role/app-*", context)
      #expect(holds == (fits == isMatch), "\(test) \(name)")
    }
  }
}
