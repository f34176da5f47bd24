import IAMPolicy
import TestSupport
import Testing

/// Condition keys, operators, actions and Sids are bytes; only the case of ASCII is ignored.
@Suite struct KeysByBytesTests {
  @Test("a condition key is found in any case of ASCII, and never by its looks")
  func context() {
    var context = PolicyContext()
    context["aws:PrincipalTag/caf\u{E9}"] = ["1"]
    #expect(context["AWS:principaltag/caf\u{E9}"] == ["1"])
    #expect(context["aws:PrincipalTag/cafe\u{301}"] == nil)
    #expect(context["aws:PrincipalTag/caf\u{C9}"] == nil)
  }

  @Test("a stored document's Sids may look alike, which a new one's cannot")
  func sids() throws {
    func document(_ sids: [String], isStored: Bool = true) throws {
      let statements = sids.map {
        #"{"Sid":"\#($0)","Effect":"Allow","Action":"s3:x","Resource":"*"}"#
      }
      _ = try PolicyDocument(
        text: #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#,
        kind: .inline, isStored: isStored)
    }
    try document(["\u{E9}", "e\u{301}"])
    #expect(throws: PolicyDocumentError.self) {
      try document(["\u{E9}", "e\u{301}"], isStored: false)
    }
    #expect(throws: PolicyDocumentError.self) { try document(["a", "a"]) }
  }

  @Test(
    "marks in a document cost no more than their length",
    arguments: [
      #"{"StringEquals#":{"a":"b"}}"#, #"{"StringEquals":{"a#":"b"}}"#,
      #"{"Bool":{"a":"true#"}}"#, #"{"DateEquals":{"a":"2#"}}"#,
      #"{"IpAddress":{"a":"1:#"}}"#,
    ])
  func marks(condition: String) {
    let marks = String(repeating: "\u{301}\u{323}", count: 50_000)
    let condition = condition.split(separator: "#", omittingEmptySubsequences: false)
      .joined(separator: marks)
    let statement =
      #"{"Effect":"Allow","Action":"s3:x","Resource":"arn:aws:s3:::b","Condition":\#(condition)}"#
    let time = ProcessorTime()
    do {
      let document = try? PolicyDocument(text: "{\"Statement\":\(statement)}", kind: .inline)
      for statement in document?.statements ?? [] {
        _ = statement.outcome(
          PolicyRequest(action: "s3:x", resource: "arn:aws:s3:::b", context: ["a": ["b" + marks]]))
      }
    }
    #expect(time.passed < .seconds(20))
  }
}
