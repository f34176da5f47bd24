import HTTP
import Testing

@testable import AWSWire

@Suite struct SigV4SignedFieldsTests {
  @Test(
    "a list of signed headers is in lower case and in order, each once",
    arguments: [
      ("host", ["host"]), ("a;host;x-amz-date", ["a", "host", "x-amz-date"]), ("a;a", nil),
      ("host;host;x-amz-date", nil), ("host;a", nil), ("Host", nil), ("a;B", nil), ("a;;b", nil),
      ("host;", nil),
    ] as [(String, [String]?)])
  func names(list: String, names: [String]?) {
    #expect(SigV4SignedFields.names(in: list) == names)
  }

  @Test("values are joined and trimmed; what is absent or not signed is told")
  func fields() {
    let headers: HTTPHeaders = [
      "B": " one   two ", "a": "x", "b": "three", "X-Amz-Meta-Z": "1", "x-amz-meta-z": "2",
      "x-amz-acl": "private", "X-Amz-Content-Sha256": "h", "other": "o",
    ]
    let all = SigV4SignedFields(names: ["a", "b"], headers: headers)
    #expect(all.values == ["x", "one two,three"] && all.absent == nil)
    #expect(all.unsigned == ["x-amz-acl", "x-amz-meta-z"])
    let some = SigV4SignedFields(
      names: ["a", "c", "x-amz-acl", "x-amz-meta-z"], headers: headers)
    #expect(some.absent == "c" && some.unsigned.isEmpty)
  }

  @Test(
    "runs of blanks become one, at the ends none, tabs too",
    arguments: [
      ("a b", "a b"), ("a  b", "a b"), ("a\tb", "a b"), ("a \t b", "a b"), (" a", "a"), ("a ", "a"),
      ("\ta\t", "a"), ("", ""), ("  ", ""), ("a\u{A0}b", "a\u{A0}b"), ("\"a  b\"", "\"a b\""),
    ])
  func blanks(value: String, signed: String) {
    let fields = SigV4SignedFields(names: ["a"], headers: ["A": value])
    #expect(fields.values == [signed])
  }
}
