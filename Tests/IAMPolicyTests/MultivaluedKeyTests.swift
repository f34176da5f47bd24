import Testing

@testable import IAMPolicy

/// Keys that may have several values, as AWS was recorded to take them.
@Suite struct MultivaluedKeyTests {
  private static func holds(_ condition: String, _ values: [String]?) throws -> Bool {
    let document = try PolicyDocument(
      text:
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{\#(condition)}}}"#,
      kind: .inline)
    var context = PolicyContext()
    context["aws:TagKeys"] = values
    return PolicyEvaluation(identity: [NamedPolicy(name: "p", document: document)])
      .decide(PolicyRequest(action: "a:b", resource: "*", context: context)).isAllowed
  }

  @Test(
    "no operator without a qualifier is met by one, however many values it has",
    arguments: [
      (#""StringEquals":{"aws:TagKeys":"a"}"#, false, false),
      (#""StringNotEquals":{"aws:TagKeys":"a"}"#, false, true),
      (#""StringEqualsIfExists":{"aws:TagKeys":"a"}"#, false, true),
      (#""StringNotEqualsIfExists":{"aws:TagKeys":"z"}"#, false, true),
      (#""StringEquals":{"AWS:tagkeys":"a"}"#, false, false),
      (#""StringNotEquals":{"k":"${aws:TagKeys, 'x'}"}"#, true, true),
      (#""ForAnyValue:StringEquals":{"aws:TagKeys":"a"}"#, true, false),
      (#""ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}"#, true, true),
      (#""Null":{"aws:TagKeys":"false"}"#, true, false),
    ])
  func qualifiers(condition: String, present: Bool, absent: Bool) throws {
    #expect(try Self.holds(condition, ["a"]) == present)
    #expect(try Self.holds(condition, ["a", "b"]) == present)
    #expect(try Self.holds(condition, nil) == absent)
  }

  @Test("a key that has several values takes a qualifier, whatever it is called")
  func several() throws {
    for test in ["StringEquals", "StringNotEquals", "StringLikeIfExists"] {
      #expect(try outcome("\"\(test)\":{\"k\":\"a\"}", ["k": ["a", "b"]]) == .mismatch)
    }
    #expect(try outcome(#""ForAnyValue:StringEquals":{"k":"a"}"#, ["k": ["a", "b"]]) == .match)
  }
}
