import Testing

@testable import AWSDoor

/// What a service's model says of its members, in AWS's sentence.
@Suite struct ConstraintsTests {
  /// The sentence of what `check` finds.
  private static func objection(
    quotes: Bool = true, _ check: (inout Constraints) -> Void
  ) -> String? {
    var constraints = Constraints(quotesValues: quotes)
    check(&constraints)
    return constraints.objection
  }

  private static func text(_ count: Int) -> String { String(repeating: "a", count: count) }

  @Test("a text has its length in UTF-16 units, both limits included")
  func lengths() {
    func refusal(_ value: String?, isRequired: Bool = false, isSecret: Bool = false) -> String? {
      Self.objection {
        $0.text("m", value, isRequired: isRequired, length: 2...4, isSecret: isSecret)
      }
    }
    for good in [nil, "ab", "abcd", "\u{10400}", "\u{10400}\u{10400}"] {
      #expect(refusal(good) == nil)
    }
    let start = "1 validation error detected: Value "
    let rule = "at 'm' failed to satisfy constraint: Member must "
    #expect(
      refusal("a") == start + "'a' \(rule)have length greater than or equal to 2")
    #expect(refusal("")?.contains("greater than or equal to 2") == true)
    #expect(
      refusal("abcde") == start + "'abcde' \(rule)have length less than or equal to 4")
    #expect(refusal("\u{10400}\u{10400}a")?.contains("less than or equal to 4") == true)
    #expect(refusal("a", isSecret: true)?.contains("'a'") == false)
    #expect(refusal(nil, isRequired: true) == start + "null \(rule)not be null")
  }

  @Test("a number is in its range, both limits included")
  func numbers() {
    func refusal(_ value: Int?) -> String? {
      Self.objection(quotes: false) { $0.number("n", value, range: 3...5) }
    }
    for good in [nil, 3, 4, 5] { #expect(refusal(good) == nil) }
    let start =
      "1 validation error detected: Value at 'n' failed to satisfy constraint: Member must have "
      + "value "
    #expect(refusal(2) == start + "greater than or equal to 3")
    #expect(refusal(6) == start + "less than or equal to 5")
  }

  @Test("each text of a list has its length, and the list is named")
  func lists() {
    func refusal(_ values: [String]) -> String? {
      Self.objection { $0.texts("l", values, length: 1...3) }
    }
    #expect(refusal([]) == nil && refusal(["a", "abc"]) == nil)
    for bad in [["a", ""], ["abcd", "a"]] {
      #expect(
        refusal(bad)
          == "1 validation error detected: Value at 'l' failed to satisfy constraint: Member must "
          + "satisfy constraint: [Member must have length less than or equal to 3, Member must have "
          + "length greater than or equal to 1]")
    }
  }

  @Test("tags: fifty of them, keys of 1 to 128 and values of up to 256 characters")
  func tags() {
    func refusal(_ tags: [(String, String)]) -> String? {
      Self.objection { $0.tags(tags.map { ResourceTag(key: $0.0, value: $0.1) }) }
    }
    let fifty = (0..<50).map { ("k\($0)", "v") }
    #expect(refusal([]) == nil && refusal(fifty) == nil)
    #expect(refusal([(Self.text(128), Self.text(256)), ("é _.:/=+-@1", "")]) == nil)
    #expect(refusal(fifty + [("x", "")])?.contains("at 'tags' ") == true)
    #expect(refusal([("a", ""), (Self.text(129), "")])?.contains("'tags.2.member.key'") == true)
    #expect(refusal([("", "")])?.contains("'tags.1.member.key'") == true)
    #expect(refusal([("a", Self.text(257))])?.contains("'tags.1.member.value'") == true)
    for bad in ["a*", "a\n", "a,b", "e\u{301}"] {
      #expect(refusal([(bad, "")])?.contains("pattern") == true, "\(bad)")
      #expect(refusal([("a", bad)])?.contains("'tags.1.member.value'") == true, "\(bad)")
    }
  }

  @Test("keys of tags that are to go")
  func tagKeys() {
    func refusal(_ keys: [String]) -> String? { Self.objection { $0.tagKeys(keys) } }
    let fifty = (0..<50).map { "k\($0)" }
    #expect(refusal([]) == nil && refusal(fifty) == nil && refusal([Self.text(128)]) == nil)
    #expect(refusal(fifty + ["x"])?.contains("length less than or equal to 50") == true)
    for bad in [["a", ""], [Self.text(129)], ["a*"]] {
      #expect(refusal(bad)?.contains("at 'tagKeys' ") == true, "\(bad)")
    }
  }

  @Test("all that is wrong is one sentence, by the members' names")
  func together() {
    let text = Self.objection { constraints in
      constraints.missing("b")
      constraints.number("a", 9, range: 0...1)
    }
    #expect(
      text
        == "2 validation errors detected: Value '9' at 'a' failed to satisfy constraint: Member must "
        + "have value less than or equal to 1; Value null at 'b' failed to satisfy constraint: "
        + "Member must not be null")
  }
}
