import JSON
import TestSupport
import Testing

@Suite struct ByteTextTests {
  static let composed = "\u{E9}"
  static let decomposed = "e\u{301}"

  @Test("text is the same where its bytes are")
  func equality() {
    #expect(Self.composed == Self.decomposed)
    #expect(Self.composed.bytes != Self.decomposed.bytes)
    #expect(Set([Self.composed.bytes, Self.decomposed.bytes, "a", "a"]).count == 3)
    #expect("abc".dropFirst().bytes == "bc")
    #expect(("".bytes) == "")
    switch Self.composed.bytes {
    case "e\u{301}": Issue.record("canonical equivalence")
    case "\u{E9}": break
    default: Issue.record("not itself")
    }
  }

  @Test("a run of combining marks costs no more than its length")
  func marks() {
    let run = String(repeating: "\u{301}\u{323}", count: 200_000)
    let time = ProcessorTime()
    do {
      #expect(("a" + run).bytes != "ab")
      #expect(("a" + run).bytes != ("a" + run + "b").bytes)
      #expect(["a", "b"].contains(("a" + run).bytes) == false)
      #expect(Set([("a" + run).bytes]).count == 1)
    }
    // The square of it takes minutes.
    #expect(time.passed < .seconds(10))
  }

  @Test("a separator with a mark behind it is one")
  func split() {
    #expect("..\u{2F}\u{301}x".bytes.split(separator: "/").map(\.bytes) == ["..", "\u{301}x"])
    #expect("a//b/".bytes.split(separator: "/", omittingEmptySubsequences: false).count == 4)
    let (name, value) = "a=\u{301}=b".bytes.cut(at: "=")
    #expect(name.bytes == "a" && value?.bytes == "\u{301}=b")
    #expect("abc".bytes.cut(at: "=").1 == nil)
  }

  @Test("beginning, end and order are those of the bytes")
  func parts() {
    #expect(!Self.composed.bytes.hasPrefix("e"))
    #expect(Self.decomposed.bytes.hasPrefix("e"))
    #expect("x=\u{301}".bytes.contains("="))
    #expect(Self.decomposed.bytes.hasSuffix("\u{301}"))
    for text in ["", "a", "abc", "a text of more than fifteen bytes"] {
      #expect(text.bytes.hasPrefix("") && text.bytes.hasSuffix("") && text.bytes.contains(""))
      #expect(text.bytes.hasPrefix(text.bytes) && text.bytes.hasSuffix(text.bytes))
      #expect(!text.bytes.hasPrefix("\(text)x") && !text.bytes.hasSuffix("x\(text)"))
    }
    #expect("a text of more than fifteen bytes".bytes.hasSuffix("n bytes"))
    #expect(Self.decomposed.bytes < Self.composed.bytes)
    #expect("B".bytes < "a")
  }
}
