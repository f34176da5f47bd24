import CommandCore
import JSON

/// The completion of bash (bash manual, "Programmable Completion"), from version 3.2 on.
enum BashCompletion {
  /// The script; all words in it are the table's own.
  static func script(_ commands: [Command]) -> String {
    """
    # podid's completion for bash: eval "$(podid completion bash)"
    # What names files is quoted as the shell needs it: a name may hold a command.
    _podid_files() {
      local file
      COMPREPLY=()
      while IFS= read -r file; do
        if [ -n "$file" ]; then COMPREPLY+=("$file"); fi
      done <<<"$(compgen "$@")"
      compopt -o filenames 2>/dev/null && return
      # Before bash 4.
      for file in "${!COMPREPLY[@]}"; do COMPREPLY[file]=$(printf %q "${COMPREPLY[file]}"); done
    }
    _podid() {
      local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words i
      local IFS=$'\\n'
      COMPREPLY=()
      for ((i = 1; i < COMP_CWORD; i++)); do
        [ "${COMP_WORDS[i]}" = -- ] || continue
        # A command of the user's own, and its words.
        if ((i == COMP_CWORD - 1)); then _podid_files -c -- "$cur"; fi
        return
      done
      if ((COMP_CWORD == 1)); then
        words="\(commands.map(\.name).joined(separator: " "))"
      else
        case ${COMP_WORDS[1]} in
    \(commands.map(branch).joined(separator: "\n"))
        *) return ;;
        esac
      fi
      IFS=$' \\t\\n'
      COMPREPLY=($(compgen -W "$words" -- "$cur"))
    }
    complete -o default -o bashdefault -F _podid podid

    """
  }

  private static func branch(of command: Command) -> String {
    var lines = ["    \(command.name))", "      case $prev in"]
    for option in command.options {
      let flag = "--\(option.flag)"
      switch option.values {
      case nil: continue
      case .folders: lines.append("      \(flag)) _podid_files -d -- \"$cur\"; return ;;")
      // Nothing of ours: readline's own completion knows files, and what it cannot know.
      case .files, .anything: lines.append("      \(flag)) return ;;")
      case .asked:
        lines.append(
          "      \(flag)) words=$(podid completion values \(option.flag) 2>/dev/null); IFS=$' \\t\\n'; "
            + "COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); return ;;")
      case .words(let words):
        lines.append(
          "      \(flag)) words=\"\(words.joined(separator: " "))\"; IFS=$' \\t\\n'; "
            + "COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")); return ;;")
      }
    }
    for choice in command.words where !choice.next.isEmpty {
      lines.append("      \(choice.word)) words=\"\(text(choice.next.map(\.word)))\" ;;")
    }
    let flags = command.options.map { "--\($0.flag)" } + ["--help"]
    let end = command.takesCommand ? ["--"] : []
    let first = text(command.words.map(\.word) + flags + end)
    lines.append("      \(command.name)) words=\"\(first)\" ;;")
    lines.append("      *) words=\"\(text(flags + end))\" ;;")
    return (lines + ["      esac", "      ;;"]).joined(separator: "\n")
  }

  private static func text(_ words: [String]) -> String { words.joined(separator: " ") }
}

extension Command {
  /// The words that may follow the command's name: of `help`, the commands.
  var words: [Choice] {
    guard name.bytes == "help" else { return choices }
    return PodIdentityCLI.commands.map { Choice($0.name, $0.summary) }
  }
}
