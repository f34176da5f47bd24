import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// The word that was likely meant.
@Suite struct LikelyWordTests {
  @Test(
    "one letter more, less, other or exchanged is near; another word is not",
    arguments: [
      ("statsu", "status"), ("hnag", "hang"), ("stat", nil), ("evnets", "events"),
      ("event", "events"), ("uo", "up"), ("nonsense", nil), ("EXPLAIN", "explain"),
    ] as [(String, String?)])
  func nearest(word: String, meant: String?) {
    let known = ["up", "status", "events", "explain", "hang"]
    #expect(Spelling.nearest(word, among: known) == meant)
  }

  @Test("each command's table is whole: words once, flags once, no word that hides another")
  func tables() {
    let commands = PodIdentityCLI.commands
    #expect(Set(commands.map(\.name)).count == commands.count)
    for command in commands {
      #expect(Set(command.options.map(\.flag)).count == command.options.count, "\(command.name)")
      for choices in [command.choices] + command.choices.map(\.next) {
        #expect(Set(choices.map(\.word)).count == choices.count, "\(command.name)")
      }
      // Who has choices takes one at least.
      #expect(command.choices.isEmpty || command.operands.lowerBound > 0, "\(command.name)")
      for choice in command.choices {
        #expect(command.usage.contains(choice.word), "\(command.name): \(choice.word)")
      }
    }
  }

  @Test("a misspelt operand, flag or action is answered with the likely one")
  func operands() {
    for (words, command, text) in [
      (["advnace", "1s"], Command.clock, #"there is no "advnace", but "advance""#),
      (["add", "hnag"], .fault, #"there is no "hnag", but "hang""#),
      (["add", "explode"], .fault, #"there is no "explode"; there are error, status"#),
      (["--jsno", "list"], .fault, "unknown flag --jsno; there is --json"),
    ] {
      let error = #expect(throws: UsageError.self) { try CommandArguments(words, of: command) }
      #expect(error?.description.contains(text) == true, "\(String(describing: error))")
    }
  }
}
