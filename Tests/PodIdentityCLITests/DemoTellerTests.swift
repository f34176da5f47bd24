import Glibc
import JSON
import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// How the demo's hops are told.
@Suite(.timeLimit(.minutes(10))) struct DemoTellerTests {
  private static func tell(_ words: [String]) async throws -> Printed {
    try await Printed.of {
      let teller = DemoTeller(try .of(.demo, words))
      teller.hop(1, "a -> b", "GET /x")
      teller.answer("200 fine")
      teller.line("more")
      teller.answer("or not", isGood: false)
      teller.hop(2, "b -> c", "GET /y")
      teller.answer("200")
      teller.finish()
      teller.finish()
      return 0
    }
  }

  @Test("people get a line a thing, with marks")
  func lines() async {
    await #expect(processExitsWith: .success) {
      let printed = try await DemoTellerTests.tell([])
      #expect(
        printed.output == [
          "1 a -> b                GET /x", "  ✓ 200 fine", "    more", "  ✗ or not",
          "2 b -> c                GET /y", "  ✓ 200",
        ])
      #expect(printed.errors.isEmpty)
    }
  }

  @Test("programs get a line of JSON a hop, which says whether all of it was well")
  func json() async {
    await #expect(processExitsWith: .success) {
      let printed = try await DemoTellerTests.tell(["--json"])
      #expect(
        try printed.output.map { try JSON.parse($0) } == [
          [
            "hop": 1, "who": "a -> b", "request": "GET /x", "ok": false,
            "answers": ["200 fine", "or not"], "output": ["more"],
          ],
          [
            "hop": 2, "who": "b -> c", "request": "GET /y", "ok": true, "answers": ["200"],
            "output": [],
          ],
        ])
      // Of a story that breaks off, what was told so far is whole.
      let broken = try await Printed.of {
        let teller = DemoTeller(try .of(.demo, ["--json"]))
        teller.line("before any hop")
        teller.hop(3, "a", "b")
        return 1
      }
      #expect(broken.output.isEmpty)
    }
  }

  @Test("with --step each hop waits for Enter before its answer")
  func steps() async {
    await #expect(processExitsWith: .success) {
      var ends: [Int32] = [0, 0]
      try #require(pipe(&ends) == 0)
      dup2(ends[0], 0)
      let enter = "\n\n"
      write(ends[1], enter, 2)
      let printed = try await DemoTellerTests.tell(["--step"])
      #expect(printed.errors.joined() == "  [Enter]  [Enter]")
      #expect(printed.output.count == 7 && printed.output[4].isEmpty)
      #expect(printed.output[0].hasPrefix("1 a -> b") && printed.output[5].hasPrefix("2 b -> c"))
    }
  }
}
