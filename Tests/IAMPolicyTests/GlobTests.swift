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
    for _ in 0..<20_000 {
      let pattern = (0..<pick([0, 1, 3, 6, 70])).map { _ in pick(["a", "B", "é", "*", "?", "*?"]) }
      let text = (0..<pick([0, 1, 4, 9, 80])).map { _ in pick(["a", "b", "é", "a", "€"]) }
      let glob = PolicyPattern(pattern.joined())
      let agreed = glob.agreed(text.joined(), ignoringCase: pick([true, false]))
      #expect(agreed != nil, "\(pattern.joined()) \(text.joined())")
      if agreed == true { matched += 1 }
    }
    #expect(matched > 1000)
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
