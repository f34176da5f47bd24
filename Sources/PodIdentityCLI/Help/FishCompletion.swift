import CommandCore

/// The completion of fish (fish documentation, "Writing your own completions").
enum FishCompletion {
  /// The script; all words in it are the table's own.
  static func script(_ commands: [Command]) -> String {
    """
    # podid's completion for fish: podid completion fish | source
    # Whether the words after podid are these, flags left out, and no command follows yet.
    function __podid_at
      set -l words (commandline -opc)
      contains -- -- $words; and return 1
      set -l given (string match -v -- '-*' $words[2..-1])
      test "$given" = "$argv"
    end
    # Whether this is the command, whatever follows it.
    function __podid_is
      set -l words (commandline -opc)
      contains -- -- $words; and return 1
      test (count $words) -ge 2; and test $words[2] = $argv[1]
    end
    complete -c podid -n __podid_at -f
    \(commands.map { line("__podid_at", word: $0.name, $0.summary) }.joined(separator: "\n"))
    \(commands.flatMap(lines).joined(separator: "\n"))

    """
  }

  private static func lines(of command: Command) -> [String] {
    var lines: [String] = []
    for choice in command.words {
      lines.append(line("'__podid_at \(command.name)'", word: choice.word, choice.help))
      for next in choice.next {
        lines.append(
          line("'__podid_at \(command.name) \(choice.word)'", word: next.word, next.help))
      }
    }
    for option in command.options {
      var line = "complete -c podid -n '__podid_is \(command.name)' -l \(option.flag)"
      switch option.values {
      case nil: line += " -f"
      case .folders: line += " -x -a '(__fish_complete_directories)'"
      case .files: line += " -r -F"
      case .anything: line += " -x"
      case .asked: line += " -x -a '(podid completion values \(option.flag) 2>/dev/null)'"
      case .words(let words): line += " -x -a '\(words.joined(separator: " "))'"
      }
      lines.append("\(line) -d \(ShellStart.fishWord(option.help))")
    }
    return lines
  }

  private static func line(_ condition: String, word: String, _ help: String) -> String {
    "complete -c podid -n \(condition) -f -a \(word) -d \(ShellStart.fishWord(help))"
  }
}
