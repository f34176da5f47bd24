import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// Commands that print what is there already.
@Suite(.timeLimit(.minutes(10))) struct PlainCommandTests {
  @Test("the help of all, of one, and the pages of the manual")
  func help() async {
    await #expect(processExitsWith: .success) {
      let all = try await Printed.by(.help)
      #expect(all.output.first == "podid: EKS Pod Identity on this machine")
      for command in PodIdentityCLI.commands {
        let padding = String(repeating: " ", count: 12 - command.name.count)
        #expect(all.output.contains("  podid \(command.name)\(padding)\(command.summary)"))
      }
      let one = try await Printed.by(.help, ["up"])
      #expect(one.output.joined(separator: "\n") + "\n" == Command.up.helpText)
      for flag in ["--seed DIR", "--detach", "--aws-listen HOST:PORT"] {
        #expect(one.output.contains { $0.hasPrefix("  \(flag)  ") })
      }
      #expect(one.output.contains { $0.hasSuffix("a seed folder (repeatable)") })
      #expect(one.output.first == "Usage: podid up \(Command.up.usage)")
      let none = try await Printed.by(.help, ["upp"])
      #expect(none.failure == #"podid help: there is no command "upp", but "up"; see podid help"#)
      #expect(none.isUsage)
      let folder = Scratch.path()
      let pages = try await Printed.by(.help, ["--man", folder])
      #expect(pages.code == 0 && pages.output.isEmpty)
      let names = FolderWalk(path: folder)?.names() ?? []
      let wanted = ["podid.1"] + PodIdentityCLI.commands.map { "podid-\($0.name).1" }
      #expect(names.sorted() == wanted.sorted())
      for page in ManualPage.all {
        #expect(try SafeFile.readText("\(folder)/\(page.name).1") == page.text)
      }
    }
  }

  @Test("a command that needs nothing done is answered at once, and no other is")
  func texts() throws {
    func text(_ words: [String]) throws -> String? {
      try Help.text(CommandArguments(words, of: .help))
    }
    #expect(try text([]) == Help.overview)
    #expect(try text(["run"]) == Command.run.helpText)
    #expect(try text(["--man", "x"]) == nil)
    #expect(throws: UsageError.self) { try text(["nosuch"]) }
    #expect(
      Command.versionText(try CommandArguments([], of: .version)) == "podid \(Version.current)")
    let json = Command.versionText(try CommandArguments(["--json"], of: .version))
    #expect(try JSON.parse(json) == ["version": .string(Version.current)])
  }

  @Test("a shell's completion is printed whole, and the values of a flag by name")
  func completion() async {
    await #expect(processExitsWith: .success) {
      for shell in ["bash", "zsh", "fish"] {
        let found = try await Printed.by(.completion, [shell])
        let script = Command.completionScript(shell, PodIdentityCLI.commands)
        #expect(found.code == 0)
        #expect(found.output == PrintedLine.lines(of: script).map(\.text))
        #expect(found.output.count > 20)
      }
      for words in [["values"], ["bash", "outcome"], ["ksh"], [], ["values", "color"]] {
        let wrong = try await Printed.by(.completion, words)
        #expect(wrong.isUsage && wrong.output.isEmpty)
      }
      // Without a stack: what all have.
      let nowhere = ["PODID_STACK": "/nonexistent"]
      let plain = try await Printed.by(.completion, ["values", "outcome"], nowhere)
      #expect(plain.output == ["failed", "fault", "ignored", "ok", "refused", "skipped"])
      let stack = try StandInStack([
        "GET /k/faults": ["outcomes": ["Forbidden", "two words", "$(x)"], "operations": ["Z"]],
        "GET /n/faults": ["outcomes": ["Forbidden", "403"], "operations": ["a/b.c-d"]],
        "GET /api/v1/serviceaccounts": [
          "items": [
            ["metadata": ["namespace": "default", "name": "app"]],
            ["metadata": ["namespace": "shop", "name": "web"]],
          ]
        ],
      ])
      let more = try await Printed.by(.completion, ["values", "outcome"], stack.environment)
      #expect(more.output == ["403", "Forbidden"] + plain.output)
      let operations = try await Printed.by(
        .completion, ["values", "operation"], stack.environment)
      #expect(operations.output.contains("a/b.c-d") && operations.output.contains("Z"))
      let accounts = try await Printed.by(
        .completion, ["values", "service-account"], stack.environment)
      #expect(accounts.output == ["app", "default/app", "shop/web"])
    }
  }

  @Test("a stack's kubeconfig is printed, to another server where one is named")
  func kubeconfig() async {
    await #expect(processExitsWith: .success) {
      let stack = try StandInStack([:])
      func config(_ words: [String]) async throws -> JSON {
        let found = try await Printed.by(.kubeconfig, words, stack.environment)
        #expect(found.code == 0)
        return try JSON.parse(found.output.joined(separator: "\n"))
      }
      let own = try JSON.parse(SafeFile.read("\(stack.folder)/kubeconfig"))
      #expect(try await config([]) == own)
      let other = try await config(["--server", "https://k:1"])
      #expect(other["clusters"]?[0]?.at("cluster", "server") == "https://k:1")
      #expect(other["users"] == own["users"] && other["contexts"] == own["contexts"])
      for server in ["k:1", "ftp://k"] {
        let wrong = try await Printed.by(.kubeconfig, ["--server", server], stack.environment)
        #expect(wrong.isUsage && wrong.output.isEmpty)
      }
    }
  }

  @Test("of a stack that something else started, podid down says what stops it")
  func foreign() async {
    await #expect(processExitsWith: .success) {
      let stack = try StandInStack([:])
      let found = try await Printed.by(.down, [], stack.environment)
      #expect(
        found.failure == "this stack is stopped by what started it: docker compose down")
      #expect(stack.calls.isEmpty)
      let none = try await Printed.by(.list, [], stack.environment)
      #expect(none.code == 0 && none.output == ["No stack is running."])
      let json = try await Printed.by(.list, ["--json"], stack.environment)
      #expect(json.output == ["[]"])
    }
  }
}
