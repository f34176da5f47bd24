import Testing

@testable import JSON

/// What Go says of texts, as Go 1.19's `json.Unmarshal` was run beside it.
@Suite struct GoJSONScannerTests {
  @Test(
    "a text that is none is objected to in Go's words",
    arguments: [
      ("", "unexpected end of JSON input"),
      ("{", "unexpected end of JSON input"),
      ("nul", "invalid character ' ' in literal null (expecting 'l')"),
      ("nulx", "invalid character 'x' in literal null (expecting 'l')"),
      ("tru3", "invalid character '3' in literal true (expecting 'e')"),
      ("fals\"", "invalid character '\"' in literal false (expecting 'e')"),
      ("{a", "invalid character 'a' looking for beginning of object key string"),
      ("{\"a\"x", "invalid character 'x' after object key"),
      ("{\"a\":1 x", "invalid character 'x' after object key:value pair"),
      ("[1 2", "invalid character '2' after array element"),
      ("01", "invalid character '1' after top-level value"),
      ("-x", "invalid character 'x' in numeric literal"),
      ("-", "invalid character ' ' in numeric literal"),
      ("1.x", "invalid character 'x' after decimal point in numeric literal"),
      ("1.", "invalid character ' ' after decimal point in numeric literal"),
      ("1ex", "invalid character 'x' in exponent of numeric literal"),
      ("1e+", "invalid character ' ' in exponent of numeric literal"),
      ("\"\\q\"", "invalid character 'q' in string escape code"),
      ("\"\\u00g0\"", "invalid character 'g' in \\u hexadecimal character escape"),
      ("\"\\", "invalid character ' ' in string escape code"),
      ("\"a", "unexpected end of JSON input"),
      ("\"a\nb\"", "invalid character '\\n' in string literal"),
      ("\"\u{1f}\"", "invalid character '\\x1f' in string literal"),
      ("{} {}", "invalid character '{' after top-level value"),
      ("[1,]", "invalid character ']' looking for beginning of value"),
      ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
      ("\u{0B}", "invalid character '\\v' looking for beginning of value"),
      ("[\u{0C}", "invalid character '\\f' looking for beginning of value"),
      ("\"\u{07}\"", "invalid character '\\a' in string literal"),
      ("\"\u{08}\"", "invalid character '\\b' in string literal"),
      ("\"\r\"", "invalid character '\\r' in string literal"),
      ("1\u{0E}", "invalid character '\\x0e' after top-level value"),
      ("'", "invalid character '\\'' looking for beginning of value"),
      ("\u{7f}", "invalid character '\\x7f' looking for beginning of value"),
      ("é", "invalid character 'Ã' looking for beginning of value"),
      ("\u{00a0}", "invalid character 'Â' looking for beginning of value"),
      ("[}", "invalid character '}' looking for beginning of value"),
      ("{]", "invalid character ']' looking for beginning of object key string"),
      ("[[1]", "unexpected end of JSON input"),
      ("{\"a\":1", "unexpected end of JSON input"),
      ("1 2", "invalid character '2' after top-level value"),
      ("\\", "invalid character '\\\\' looking for beginning of value"),
      ("\t\u{01}", "invalid character '\\x01' looking for beginning of value"),
      ("00", "invalid character '0' after top-level value"),
      ("+1", "invalid character '+' looking for beginning of value"),
      (".5", "invalid character '.' looking for beginning of value"),
      ("truex", "invalid character 'x' after top-level value"),
      ("[true false]", "invalid character 'f' after array element"),
      ("{\"a\":1\"b\":2}", "invalid character '\"' after object key:value pair"),
    ])
  func objection(text: String, said: String) {
    #expect(GoJSONScanner.objection(to: Array(text.utf8)) == said)
  }

  @Test(
    "a text that is one passes",
    arguments: [
      "\"\u{7f}\"",
      "[\"\\\\\",\"\\u00e9\\n\"]",
      "-0.5e+10",
      "[{}, [], \"\"]",
      " \t\r\n1 ",
      "{\"a\":{\"b\":[1,2,{\"c\":null}]},\"d\":\"\"}",
      "{\"a\" :\n1 ,\"b\": [ ] }",
      "[0,-0]",
    ])
  func passes(text: String) {
    #expect(GoJSONScanner.objection(to: Array(text.utf8)) == nil)
  }

  @Test("a byte that is no UTF-8 is shown as the character of its number")
  func strange() {
    let said = GoJSONScanner.objection(to: [0xFF])
    #expect(said == "invalid character 'ÿ' looking for beginning of value")
  }

  @Test("10,000 levels are open at most")
  func depth() {
    func text(_ depth: Int) -> [UInt8] {
      Array(repeating: UInt8(ascii: "["), count: depth)
        + Array(repeating: UInt8(ascii: "]"), count: depth)
    }
    #expect(GoJSONScanner.objection(to: text(10_000)) == nil)
    let said = GoJSONScanner.objection(to: text(10_001))
    #expect(said == "invalid character '[' exceeded max depth")
  }

  @Test(
    "a text that only ends too soon is unfinished, as Go's decoder of a stream has it",
    arguments: [
      ("nul", true), ("-", true), ("{\"a\":1", true), ("1.", true), ("\"\\", true), ("[", true),
      ("{\"a\":tru", true), ("", true), ("nulx", false), ("{]", false), ("1 2", false),
      ("[1]", false),
    ])
  func unfinished(text: String, isUnfinished: Bool) {
    #expect(GoJSONScanner.isUnfinished(Array(text.utf8)) == isUnfinished)
  }
}
