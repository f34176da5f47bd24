import IAMPolicy
import TestSupport
import Testing

/// Text that is compared without case, by Unicode's rules for the Basic Multilingual Plane.
@Suite struct IgnoreCaseTests {
  @Test(
    "as recorded from AWS",
    arguments: [
      ("prod", "PrOd", true), ("É", "é", true), ("é", "e\u{301}", false), ("ẞ", "ß", true),
      ("ß", "SS", false), ("ss", "ẞ", false), ("\u{212A}", "k", true), ("K", "\u{212A}", true),
      ("i", "İ", false), ("İ", "i\u{307}", true), ("ı", "I", false), ("s", "ſ", false),
      ("ΟΣ", "ος", true), ("ΟΣ", "οσ", false), ("ΟΣΑ", "οσα", true), ("Σ", "σ", true),
      ("Σ", "ς", false), ("AΣ𐐀", "aσ𐐀", true), ("AΣ𐐀", "aς𐐀", false), ("𐐀Σ", "𐐀ς", true),
      ("𐐀Σ", "𐐀σ", false), ("𐐀", "𐐨", false), ("𐐀", "𐐀", true), ("A\u{301}Σ", "a\u{301}ς", true),
      ("AΣ\u{301}B", "aσ\u{301}b", true), ("ΣΣ", "σς", true), ("1Σ", "1σ", true), ("Ⱥ", "ⱥ", true),
      ("a*", "AB", false), ("é", "É?", false), ("Ж", "ж", true), ("Ǆ", "ǆ", true), ("ǅ", "ǆ", true),
      ("", "", true), ("", "a", false), ("é", "", false),
    ])
  func same(wanted: String, actual: String, isSame: Bool) throws {
    for test in ["StringEqualsIgnoreCase", "ForAllValues:StringEqualsIgnoreCase"] {
      #expect(try outcome(test, [wanted], actual) == (isSame ? .match : .mismatch))
    }
    #expect(
      try outcome("StringNotEqualsIgnoreCase", [wanted], actual) == (isSame ? .mismatch : .match))
    let variable = "\"StringEqualsIgnoreCase\":{\"k\":\"${v}\"}"
    #expect(
      try outcome(variable, ["k": [actual], "v": [wanted]]) == (isSame ? .match : .mismatch))
  }

  @Test("a sigma in a variable is final by what stands beside it in the whole text")
  func wholeText() throws {
    let condition = #""StringEqualsIgnoreCase":{"k":"${v}A"}"#
    #expect(try outcome(condition, ["k": ["oσa"], "v": ["OΣ"]]) == .match)
    #expect(try outcome(condition, ["k": ["oςa"], "v": ["OΣ"]]) == .mismatch)
    #expect(try outcome(condition, ["k": ["oσa"]]) == .mismatch)
  }

  @Test("long texts of sigmas and marks cost no more than their length")
  func long() throws {
    let time = ProcessorTime()
    for unit in ["Σ", "Σ\u{301}", "\u{301}"] {
      let text = String(repeating: unit, count: 10_000)
      _ = try outcome("StringEqualsIgnoreCase", [text], "Σ" + text)
    }
    #expect(time.passed < .seconds(5))
  }
}
