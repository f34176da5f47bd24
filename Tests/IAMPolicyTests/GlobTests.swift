import TestSupport
import Testing

@testable import IAMPolicy

@Suite struct GlobTests {
  @Test("both ways to match agree on random patterns and texts")
  func agreement() {
    var state: UInt64 = 7
    func pick<T>(_ choices: [T]) -> T {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return choices[Int(state >> 33) % choices.count]
    }
    var matched = 0
    for _ in 0..<10_000 {
      let pattern = (0..<pick([0, 1, 3, 6, 70])).map { _ in
        pick(["a", "B", "é", "𐐀", "*", "?", "??"])
      }
      let text = (0..<pick([0, 1, 4, 9, 80])).map { _ in pick(["a", "b", "é", "𐐀", "€"]) }
      let glob = PolicyPattern(pattern.joined())
      let ignoringCase = pick([true, false])
      let agreed = glob.agreed(text.joined(), ignoringCase: ignoringCase)
      let expected = Self.isMatch(pattern.joined(), text.joined(), ignoringCase)
      #expect(agreed == expected, "\(pattern.joined()) \(text.joined())")
      if agreed == true { matched += 1 }
    }
    #expect(matched > 500)
  }

  /// Whether a text matches, by units of UTF-16 and all ways to cut it.
  private static func isMatch(_ pattern: String, _ text: String, _ ignoringCase: Bool) -> Bool {
    let fold = { (unit: UInt16) in ignoringCase && 0x41...0x5A ~= unit ? unit | 0x20 : unit }
    let text = text.utf16.map(fold)
    // Which beginnings of the text the pattern so far matches, by their length.
    var lengths = [true] + text.map { _ in false }
    for unit in pattern.utf16 {
      if unit == 0x2A {
        let first = lengths.firstIndex(of: true) ?? lengths.endIndex
        lengths = lengths.indices.map { $0 >= first }
      } else {
        lengths = lengths.indices.map { length in
          length > 0 && lengths[length - 1] && (unit == 0x3F || fold(unit) == text[length - 1])
        }
      }
    }
    return lengths[text.count]
  }

  @Test(
    "a question mark is one unit of UTF-16, as recorded from AWS",
    arguments: [
      ("?", "𐐀", false), ("??", "𐐀", true), ("?", "é", true), ("?", "€", true), ("??", "€", false),
      ("a?b", "a𐐀b", false), ("a*?b", "a𐐀b", true), ("a?*b", "a𐐀b", true), ("𐐀?", "𐐀𐐨", false),
      ("*?", "𐐀", true), ("*???", "𐐀", false), ("*??xz", "€xz", false), ("?*?", "𐐀", true),
    ])
  func units(pattern: String, text: String, isMatch: Bool) {
    #expect(PolicyPattern(pattern).matches(text) == isMatch)
    #expect(PolicyPattern(pattern).agreed(text, ignoringCase: false) == isMatch)
  }

  @Test("a long text is held against a long pattern")
  func long() {
    func pattern(_ unit: String, _ count: Int, _ end: String) -> PolicyPattern {
      PolicyPattern("*" + String(repeating: unit, count: count) + end)
    }
    let text = String(repeating: "a", count: 60_000)
    #expect(!pattern("a", 5000, "b").matches(text))
    #expect(pattern("*a", 5000, "").matches(text))
    #expect(pattern("?", 5000, "*").matches(text))
    #expect(!pattern("*?a", 3000, "b").matches(text))
  }
}
