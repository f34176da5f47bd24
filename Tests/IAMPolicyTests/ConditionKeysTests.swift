import Testing

@testable import IAMPolicy

/// A service's condition keys: what it declares can be set, and nothing else.
@Suite struct ConditionKeysTests {
  private static let keys: ConditionKeys = [
    ConditionKey("w:Word"), ConditionKey("w:Length", .numeric),
    ConditionKey("w:Letters", isMultivalued: true), ConditionKey("w:Tag/"),
  ]

  @Test(
    "a declared key with values of its kind is added over the request's",
    arguments: [
      ("w:Word", ["a"]), ("W:WORD", ["a"]), ("w:Length", ["1.5"]), ("w:Letters", ["a", "b"]),
      ("w:Letters", []), ("w:Tag/any/thing", ["a"]), ("w:tag/", ["a"]),
    ])
  func declared(key: String, values: [String]) throws {
    let request: PolicyContext = ["aws:X": ["x"], "w:Word": ["of the request"]]
    var own = PolicyContext()
    own[key] = values
    let context = try Self.keys.adding(own, to: request)
    #expect(context[key] == values && context["aws:X"] == ["x"])
  }

  @Test(
    "any other key is not, and no value of another kind",
    arguments: [
      ("w:Other", ["a"]), ("aws:X", ["a"]), ("w:Tags", ["a"]), ("w:Tag", ["a"]), ("", ["a"]),
      ("w:Word", ["a", "b"]), ("w:Word", []), ("w:Length", ["long"]), ("w:Length", [""]),
      ("w:Tag/a", ["a", "b"]),
    ])
  func undeclared(key: String, values: [String]) {
    var own: PolicyContext = ["w:Word": ["a"]]
    own[key] = values
    let error = #expect(throws: ConditionKeys.Undeclared.self) { try Self.keys.adding(own) }
    #expect(error?.key == key)
  }

  @Test("what may have several values needs a qualifier, as AWS's own keys of that kind do")
  func several() throws {
    func holds(_ test: String, in context: PolicyContext) throws -> Bool {
      let document = try PolicyDocument(
        text: #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","#
          + #""Condition":{"\#(test)":{"w:Letters":"a"}}}}"#, kind: .inline)
      return PolicyEvaluation(identity: [NamedPolicy(name: "p", document: document)])
        .decide(PolicyRequest(action: "w:b", resource: "*", context: context)).isAllowed
    }
    let own: PolicyContext = ["w:Letters": ["a"]]
    var request: PolicyContext = ["aws:X": ["x"]]
    request.merge(try Self.keys.adding(own))
    for context in [try Self.keys.adding(own), request] {
      #expect(try !holds("StringEquals", in: context))
      #expect(try holds("ForAnyValue:StringEquals", in: context))
    }
    #expect(try holds("StringEquals", in: own))
  }
}
