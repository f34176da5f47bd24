import JSON
import Testing

@testable import YAML

/// What a small text may cost, and what of it is no nesting at all.
@Suite struct YAMLBoundsTests {
  /// The inputs of which libyaml's own loader takes the square, with others that are alike.
  @Test(
    "a megabyte takes time in proportion, whatever is repeated in it",
    arguments: [
      "[", "{", "{a: ", "[a, ", "[{", "[\n", "- ", "? ", ": ", "- - ", "? - ", "[]", "[],",
      "&a ", "&a [", "- &a b\n", "- *a\n", "- !!str x\n", "%TAG !a! x\n", "---\n", "a:\n", "?\n",
      "\"\u{301}\u{323}\": 1\n", "- \u{301}\u{323}", "- a\u{301}\u{323}", "'", "\"", "<<: ",
      "- <<: *a\n", "! ", "\u{2028}%", "\u{85}%a",
    ])
  func repeated(unit: String) {
    let text = String(repeating: unit, count: (1 << 20) / unit.utf8.count)
    for text in [text, "[[ " + text, "k: " + text] { #expect(seconds(text) < 20) }
  }

  @Test("differing anchors, directives, columns and keys take time in proportion as well")
  func differing() {
    let lines = 0..<60_000
    var deep = ""
    for column in 0..<1400 { deep += String(repeating: " ", count: column) + "a:\n" }
    for text in [
      lines.map { "- &a\($0) x\n" }.joined(),
      lines.map { "%TAG !a\($0)! x\n" }.joined() + "--- a\n",
      "- &b x\n" + lines.map { _ in "- *b\n" }.joined(),
      lines.map { "k\($0): 1\n" }.joined(), deep,
      String(repeating: "[", count: 98) + String(repeating: "a,", count: 500_000),
    ] { #expect(seconds(text) < 20) }
  }

  /// In a debug build under load a linear reader takes a second; the square would take minutes.
  private func seconds(_ text: String) -> Double {
    let start = ContinuousClock.now
    _ = try? YAML.documents(text)
    let time = ContinuousClock.now - start
    return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
  }

  @Test(
    "brackets that open nothing are no nesting",
    arguments: [
      "k: '\(String(repeating: "[{", count: 5000))'",
      "k: \"\(String(repeating: "[{", count: 5000))\"",
      "k: |\n  \(String(repeating: "[{- ? : ", count: 5000))",
      "k: >\n  \(String(repeating: "[{\n  ", count: 5000))",
      "k: a # \(String(repeating: "[{", count: 5000))",
      "k: a\(String(repeating: "[{", count: 5000))",
      "k: a\n#\(String(repeating: "[", count: 5000))",
      "k: [\(String(repeating: "[],{},", count: 5000))]",
      "k: |\n  a\n\(String(repeating: "  %x\n", count: 5000))",
    ])
  func content(text: String) throws {
    #expect(try YAML.documents(text).count == 1)
  }

  @Test("a hundred levels are read, one more is refused at its line")
  func levels() throws {
    func nested(_ count: Int) -> String {
      String(repeating: "[", count: count) + String(repeating: "]", count: count)
    }
    #expect(try YAML.documents(nested(100)).count == 1)
    for text in [
      nested(101), String(repeating: "{a: ", count: 101) + String(repeating: "}", count: 101),
      String(repeating: "- ", count: 101) + "a", String(repeating: "? ", count: 101) + "a",
    ] {
      let error = #expect(throws: YAMLError.self) { try YAML.documents("\n" + text) }
      #expect(error?.line == 2)
      #expect(
        error?.message.contains("nested more than 100") == true
          || error?.message == "a key must be a text")
    }
  }

  @Test(
    "anchors name what is complete, and the last of a name counts",
    arguments: [
      ("a: &x 1\nb: &x 2\nc: *x", #"{"a":1,"b":2,"c":2}"#),
      ("a: &x [1]\nb: *x\nc: *x", #"{"a":[1],"b":[1],"c":[1]}"#),
      ("&k a: 1\nb: *k", #"{"a":1,"b":"a"}"#), ("a: &k x\n*k : 1", #"{"a":"x","x":1}"#),
      ("&a\u{301}b c: *a\u{301}b", nil), ("a: &x [*x]", nil), ("a: &x {b: *x}", nil),
      ("a: &x 1\n--- \nb: *x", nil),
    ] as [(String, String?)])
  func anchors(text: String, json: String?) {
    #expect((try? YAML.documents(text))?.first?.text() == json)
  }

  @Test("names that differ in their bytes are two, though they look the same")
  func canonical() throws {
    let plain = try #require(try YAML.documents("k: yes\u{301}").first)
    #expect(plain["k"]?.string == "yes\u{301}")
  }

  @Test("the directive that is one too many is told by its line")
  func directives() {
    let head = "a: b\n\n"
    let hundred = String(repeating: "%x\n", count: 100)
    #expect(throws: Never.self) { try YAML.documents("- '\n" + hundred + "'\n") }
    let error = #expect(throws: YAMLError.self) {
      try YAML.documents(head + hundred + "c%\n%y\n")
    }
    #expect(error?.line == 104)
    #expect(error.map { "\($0)" }?.contains("more than 100 lines begin with %") == true)
  }
}
