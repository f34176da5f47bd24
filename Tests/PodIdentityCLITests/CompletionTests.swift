import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// What completes podid's words in a shell.
@Suite struct CompletionTests {
  private static let sample = [
    Command(
      name: "one", usage: "", summary: "it's [one]: $1",
      options: [
        .init("plain", nil, "a flag"), .init("dir", "DIR", isRepeatable: true, "a folder"),
        .init("file", "FILE", "a file"), .init("time", "D", "a time"),
        .init("form", "a|b", "a form"), .init("outcome", "NAME", "an outcome"),
      ],
      choices: [Choice("add", "to add", next: [Choice("x", "an x")]), Choice("list", "to list")],
      takesCommand: true
    ) { _ in 0 },
    Command(name: "two", usage: "", summary: "two") { _ in 0 },
  ]

  @Test(
    "what a flag's value can be",
    arguments: [
      (nil, "-"), ("DIR", "folders"), ("FILE", "files"), ("D", "anything"),
      ("a|b", "a, b"), ("A|b", "anything"), ("HOST:PORT", "anything"),
    ] as [(String?, String)])
  func values(value: String?, kind: String) {
    func text(_ option: Command.Option) -> String {
      switch option.values {
      case nil: "-"
      case .folders: "folders"
      case .files: "files"
      case .anything: "anything"
      case .words(let words): words.joined(separator: ", ")
      case .asked: "asked"
      }
    }
    #expect(text(.init("x", value, "")) == kind)
    #expect(text(.init("operation", value, "")) == (value == nil ? "-" : "asked"))
  }

  private func script(_ shell: String) -> [String] {
    Command.completionScript(shell, Self.sample).split(separator: "\n").map {
      String($0.drop { $0 == " " })
    }
  }

  @Test("bash completes commands, words, flags and their values")
  func bash() {
    let lines = script("bash")
    for line in [
      "words=\"one two\"", "--dir) _podid_files -d -- \"$cur\"; return ;;",
      "--file) return ;;", "--time) return ;;", "add) words=\"x\" ;;",
      "one) words=\"add list --plain --dir --file --time --form --outcome --help --\" ;;",
      "*) words=\"--plain --dir --file --time --form --outcome --help --\" ;;",
      "two) words=\"--help\" ;;",
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(!lines.contains { $0.hasPrefix("--plain)") || $0.hasPrefix("list)") })
    #expect(lines.contains { $0.hasPrefix("--form) words=\"a b\"; IFS=") })
    #expect(
      lines.contains { $0.hasPrefix("--outcome) words=$(podid completion values outcome 2>") })
  }

  @Test("zsh has help beside each word, with what would end it escaped")
  func zsh() {
    let text = script("zsh").joined(separator: "\n")
    for part in [
      #"'one:it'\''s [one]: $1'"#, "'--plain[a flag]'", "'*--dir[a folder]:DIR:_files -/'",
      "'--file[a file]:FILE:_files'", "'--time[a time]:D:'", "'--form[a form]:a|b:(a b)'",
      "'--outcome[an outcome]:NAME:{compadd -- ${(f)\"$(podid completion values outcome 2>/dev/null)\"}}'",
      #"'1:word:((add\:"to add" list\:"to list"))'"#,
      #"[[ ${words[2]} == add ]] && second=('2:word:((x\:"an x"))')"#,
      "'--help[show this command'\\''s flags]'",
    ] { #expect(text.contains(part), "\(part)") }
    #expect(!text.contains("${words[2]} == list"))
  }

  @Test("fish has a line for each word and flag")
  func fish() {
    let lines = script("fish")
    let flag = "complete -c podid -n '__podid_is one' -l"
    for line in [
      #"complete -c podid -n __podid_at -f -a one -d 'it\'s [one]: $1'"#,
      "complete -c podid -n '__podid_at one' -f -a add -d 'to add'",
      "complete -c podid -n '__podid_at one add' -f -a x -d 'an x'",
      "\(flag) plain -f -d 'a flag'",
      "\(flag) dir -x -a '(__fish_complete_directories)' -d 'a folder'",
      "\(flag) file -r -F -d 'a file'", "\(flag) time -x -d 'a time'",
      "\(flag) form -x -a 'a b' -d 'a form'",
      "\(flag) outcome -x -a '(podid completion values outcome 2>/dev/null)' -d 'an outcome'",
    ] { #expect(lines.contains(line), "\(line)") }
  }

  @Test("help completes the commands, and values alone takes a second word")
  func words() async throws {
    #expect(Command.help.words.map(\.word) == PodIdentityCLI.commands.map(\.name))
    #expect(Command.up.words.isEmpty)
    let context = try CommandContext.of(.completion, ["values"])
    await #expect(throws: UsageError.self) { try await Command.completion.body(context) }
  }
}
