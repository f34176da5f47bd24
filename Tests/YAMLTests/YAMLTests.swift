import JSON
import Testing

@testable import YAML

@Suite struct YAMLTests {
  @Test(
    "scalars as kubectl reads them",
    arguments: [
      ("a", #""a""#), ("1", "1"), ("-5", "-5"), ("0644", "420"), ("0x1F", "31"), ("0o17", "15"),
      ("1_000", "1000"), ("1.5", "1.5"), ("1e3", "1000"), ("true", "true"), ("yes", "true"),
      ("Off", "false"), ("~", "null"), ("", "null"), ("null", "null"), ("'1'", #""1""#),
      ("\"a\\nb\"", #""a\nb""#), ("2012-10-17", #""2012-10-17""#), ("1.2.3", #""1.2.3""#),
      ("!!str 5", #""5""#), ("12:30", #""12:30""#), ("arn:aws:s3:::b", #""arn:aws:s3:::b""#),
      ("99999999999999999999", #"1e+20"#), ("+1", "1"), ("08", "8"), ("&a !!str 7", #""7""#),
      (".5", "0.5"),
    ])
  func scalars(text: String, json: String) throws {
    let value = try #require(try YAML.documents("k: \(text)").first?["k"])
    #expect(value.text() == json)
  }

  @Test("several documents, anchors, merged maps, flow and block")
  func documents() throws {
    let text = """
      base: &b {x: 1, y: [a, b]}
      other:
        <<: *b
        x: 2
      ---
      # nothing but a comment
      ---
      text: |
        line one
        line two
      """
    let found = try YAML.documents(text)
    #expect(found.count == 2)
    #expect(found[0]["other"]?.text() == #"{"x":2,"y":["a","b"]}"#)
    #expect(found[1]["text"]?.string == "line one\nline two")
  }

  @Test(
    "what is wrong is named with its line",
    arguments: [
      ("a: 1\na: 2", 2, "twice"), ("a: [1", 2, "did not find expected"),
      ("a: b: c", 1, "mapping values are not allowed"), ("a: .inf", 1, "no number of JSON"),
      ("? [x]\n: y", 1, "key must be a text"), ("a: *nosuch", 1, "undefined alias"),
      ("a: !mine x", 1, "tag !mine"), ("\ta: 1", 1, "cannot start any token"),
    ])
  func errors(text: String, line: Int, message: String) {
    let error = #expect(throws: YAMLError.self) { try YAML.documents(text) }
    #expect(error?.line == line)
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test("a small file that expands to a huge value is refused")
  func bomb() {
    var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    for level in 1...8 {
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
      text += "a\(level): &a\(level) [\(items)]\n"
    }
    #expect(throws: YAMLError.self) { try YAML.documents(text) }
  }

  @Test("deep nesting is refused, not overrun")
  func depth() {
    let text = String(repeating: "[", count: 5000)
    #expect(throws: YAMLError.self) { try YAML.documents(text) }
    let closed = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    #expect(throws: YAMLError.self) { try YAML.documents(closed) }
  }
}
