import JSON
import Platform
import Testing

@testable import PodIdentityCLI

/// What `podid env` takes from a shell, and gives back.
@Suite struct ShellTakeTests {
  /// The names that a shell keeps as podid's, after a text for it.
  private func taken(_ text: String) -> Set<String> {
    let start = "export \(ShellTake.namesVariable)='"
    let line = text.split(separator: "\n").first { $0.hasPrefix(start) } ?? ""
    return Set(line.dropFirst(start.count).dropLast().split(separator: " ").map(String.init))
  }

  @Test("variables of the former pod go, those that both have stay podid's")
  func formerPod() {
    let take = ShellTake(
      ProcessEnvironment([
        "PODID_ENV_NAMES": "AWS_REGION MINE a;b", "AWS_REGION": "x", "MINE": "one pod's",
      ]))
    let text = take.text([("AWS_REGION", "us-east-1"), ("OTHER", "another's")])
    let lines = text.split(separator: "\n").map(String.init)
    let undoing =
      "if [ \"${PODID_BEFORE_MINE+x}\" ]; then export MINE=\"$PODID_BEFORE_MINE\"; "
      + "unset PODID_BEFORE_MINE; else unset MINE; fi"
    #expect(lines.filter { $0.contains("MINE") } == [undoing])
    // What podid put there itself is nothing to come back to.
    #expect(!text.contains("PODID_BEFORE_AWS_REGION"))
    let names = taken(text)
    #expect(names.isSuperset(of: ["AWS_REGION", "OTHER", "AWS_PROFILE"]))
    #expect(!names.contains("MINE") && !names.contains("a;b"))
  }

  @Test("what the shell had is kept by the shell, and its value is not printed")
  func kept() {
    let take = ShellTake(ProcessEnvironment(["AWS_SECRET_ACCESS_KEY": "hush", "HOME": "/h"]))
    let text = take.text([("AWS_REGION", "us-east-1")])
    let keeping =
      "[ -z \"${AWS_SECRET_ACCESS_KEY+x}\" ] || "
      + "PODID_BEFORE_AWS_SECRET_ACCESS_KEY=\"$AWS_SECRET_ACCESS_KEY\""
    #expect(text.split(separator: "\n").first.map(String.init) == keeping)
    #expect(!text.contains("hush") && !text.contains("HOME"))
    #expect(take.undone() == nil)
  }
}
