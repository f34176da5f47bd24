import JSON
import Testing

@testable import PodIdentityCLI

@Suite struct EnvironmentTextTests {
  /// Values that a reader might expand, run or take for more than one line.
  static let hostile = [
    "", "a", "it's", "'\u{301}; touch pwned; '", "$(touch pwned)", "`touch pwned`", "${HOME}",
    "a\nLD_PRELOAD=x", "a\r\nb", "\"; touch pwned; \"", "\\", "a\\", "'\\''", "!!",
    "a\u{0}b".filter { $0 != "\u{0}" },
    "\u{1B}]0;x\u{7}", "\u{2028}", "é", "'$x`\\\"\n",
  ]

  @Test("only identifiers of C are named for a shell and in dotenv files; JSON has all")
  func names() {
    let variables = [
      ("A=1; touch x; B", "1"), ("a.b", "1"), ("a-b", "1"), ("1a", "1"), ("", "1"), ("é", "1"),
      ("a\u{301}", "1"), ("_a1", "1"),
    ]
    #expect(EnvironmentText.shell.text(variables) == "export _a1='1'")
    #expect(EnvironmentText.dotenv.text(variables) == "_a1=\"1\"")
    #expect(EnvironmentText.json.text(variables).contains("\"a.b\": \"1\""))
  }

  @Test("a quote with a combining mark behind it is a quote")
  func combining() {
    #expect(
      Array(EnvironmentText.shell.text([("A", "'\u{301}; x")]).utf8)
        == Array("export A=''\\''\u{301}; x'".utf8))
  }

  @Test(
    "a dotenv value is one line, in which nothing is expanded and no escape but \\n needed",
    arguments: hostile)
  func dotenv(value: String) {
    let line = EnvironmentText.dotenv.text([("A", value)])
    #expect(line.isEmpty == !EnvironmentText.dotenv.canSay(value))
    guard !line.isEmpty else { return }
    #expect(!line.utf8.contains(0x0A) && !line.utf8.contains(0x0D))
    let inside = String(decoding: line.utf8.dropFirst(3).dropLast(), as: UTF8.self)
    if line.utf8.dropFirst(2).first == UInt8(ascii: "'") {
      #expect(inside.bytes == value.bytes && !value.bytes.contains("${"))
    } else {
      #expect(!inside.utf8.contains { "$`\"".utf8.contains($0) })
      // Its only escapes are those of what would end the line.
      var read: [UInt8] = []
      for byte in inside.utf8 {
        if read.last == UInt8(ascii: "\\") {
          #expect(byte == UInt8(ascii: "n") || byte == UInt8(ascii: "r"))
          read[read.count - 1] = byte == UInt8(ascii: "n") ? 0x0A : 0x0D
        } else {
          read.append(byte)
        }
      }
      #expect(read == Array(value.utf8))
    }
  }

  @Test(
    "a value that readers of dotenv files take in different ways is left out",
    arguments: ["${HOME}", "a${", "'$x`\\\"\n", "\\", "a\\\\b", "it's $x", "it's \\"])
  func unsaid(value: String) {
    #expect(!EnvironmentText.dotenv.canSay(value))
    #expect(EnvironmentText.dotenv.text([("A", value), ("B", "1")]) == "B=\"1\"")
    #expect(EnvironmentText.shell.canSay(value) && EnvironmentText.json.canSay(value))
  }
}
