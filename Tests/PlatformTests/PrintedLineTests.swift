import JSON
import Platform
import TestSupport
import Testing

@Suite struct PrintedLineTests {
  @Test("what could steer a terminal, begin a line or turn letters round is escaped")
  func everyScalar() throws {
    // Each scalar that is not a plain character, by the ranges of C0, DEL, C1, the bidirectional
    // marks and controls, the separators, and format characters outside the first plane.
    var hostile = Array(0..<0x20) + [0x7F] + Array(0x80..<0xA0)
    hostile += [0x200E, 0x200F, 0x061C, 0x2028, 0x2029, 0xFEFF, 0x00AD, 0xE0001, 0xE0020]
    hostile += Array(0x202A...0x202E) + Array(0x2066...0x2069)
    for value in hostile {
      let scalar = try #require(Unicode.Scalar(UInt32(value)))
      let line = PrintedLine("a\(scalar)b").text
      #expect(!line.unicodeScalars.contains(scalar))
      #expect(line.hasPrefix("a\\") && line.hasSuffix("b"))
      // In JSON it is the escape of the same text.
      #expect(try JSON.parse("\"\(line)\"").string == "a\(scalar)b")
    }
  }

  @Test(
    "plain text of any script stays as it is",
    arguments: ["", "abc ~", "é", "e\u{301}", "日本語", "🙂", "ב", "✓ done", "\\u001b", "\u{FFFD}"])
  func plain(text: String) {
    #expect(PrintedLine(text).text == text)
    #expect(Array(PrintedLine(text).text.utf8) == Array(text.utf8))
  }

  @Test("interpolated text is escaped, lines in a line stay, and so does their colour")
  func interpolated() {
    let mark = PrintedLine("\u{1B}x").rendered(31)
    let name = "a\n\u{9B}2J"
    let line: PrintedLine = "\(mark) \(name) \(1)"
    #expect(
      line.text == "\u{1B}[31m\\u001bx\u{1B}[0m a\\n\\u009b2J 1")
    #expect((PrintedLine("a") + "\u{1B}").text == "a\\u001b")
  }

  @Test("only our own line feeds part lines, and a carriage return parts none")
  func lines() {
    #expect(PrintedLine.lines(of: "a\nb\r\nc\n").map(\.text) == ["a", "b\\r", "c"])
    #expect(PrintedLine.lines(of: "").isEmpty)
    #expect(PrintedLine("a\r\nb").text == "a\\r\\nb")
    #expect(PrintedLine("a\u{301}\n\u{301}b").text == "a\u{301}\\n\u{301}b")
  }

  @Test("the log's lines are JSON whose texts are escaped")
  func log() throws {
    let line = PrintedLine(JSON.object(["m": "\u{202E}\u{9B}\n\u{2028}"]).text()).text
    #expect(line == #"{"m":"\u202e\u009b\n\u2028"}"#)
  }

  @Test("nothing but the standard streams writes to descriptors 1 and 2")
  func onlyDoor() throws {
    let files = Repository.files(below: "Sources", suffix: ".swift")
    #expect(files.count > 100)
    // Words that write: Swift's own, the C library's, and descriptors by number.
    let words = [
      "print(", "debugPrint(", "dump(", "fputs(", "puts(", "fputc(", "putchar(", "printf(",
      "fwrite(", "perror(", "psignal(", "syslog(", "stdout", "stderr", "STDOUT_FILENO",
      "STDERR_FILENO", "write(1", "write(2", "/dev/tty", "/dev/stdout", "/dev/stderr",
      "/proc/self/fd",
      "writev(", "sendfile(", "dprintf(", "FileHandle",
    ]
    for file in files where file != "Sources/Platform/StandardStreams.swift" {
      for line in try Repository.text(file).split(separator: "\n") {
        let code = line.drop { $0 == " " }
        if code.hasPrefix("//") { continue }
        for word in words where code.contains(word) {
          let isOwn =
            code.contains("context.\(word)") || code.contains("style.\(word)")
            || code.contains("func \(word)") || code.contains(#""stdout""#)
            || code.contains(#""stderr""#)
          #expect(isOwn, "\(file): \(code)")
        }
      }
    }
  }
}
