import CommandCore

/// The completion of zsh (zshcompsys(1)).
enum ZshCompletion {
  /// The script; all words in it are the table's own.
  static func script(_ commands: [Command]) -> String {
    """
    #compdef podid
    # podid's completion for zsh: eval "$(podid completion zsh)"
    _podid() {
      local -i i
      for ((i = 2; i < CURRENT; i++)); do
        [[ ${words[i]} == -- ]] || continue
        # A command of the user's own, and its words.
        shift $i words
        ((CURRENT -= i))
        _normal
        return
      done
      if ((CURRENT == 2)); then
        local -a commands
        commands=(
    \(commands.map { "      \(EnvironmentText.shellWord("\(column($0.name)):\($0.summary)"))" }.joined(separator: "\n"))
        )
        _describe command commands
        return
      fi
      shift words
      ((CURRENT--))
      case ${words[1]} in
    \(commands.map(branch).joined(separator: "\n"))
      esac
    }
    # Read from fpath it is called at once; by eval it is only made known.
    if [[ ${funcstack[1]} == _podid ]]; then _podid "$@"; else compdef _podid podid; fi

    """
  }

  private static func branch(of command: Command) -> String {
    var words = command.options.map { option -> String in
      let start = (option.isRepeatable ? "*" : "") + "--\(option.flag)[\(bracketed(option.help))]"
      let name = column(option.value ?? "")
      return switch option.values {
      case nil: start
      case .folders: "\(start):\(name):_files -/"
      case .files: "\(start):\(name):_files"
      case .anything: "\(start):\(name):"
      case .asked:
        "\(start):\(name):{compadd -- ${(f)\"$(podid completion values \(option.flag) 2>/dev/null)\"}}"
      case .words(let words): "\(start):\(name):(\(words.joined(separator: " ")))"
      }
    }
    words.append("--help[show this command's flags]")
    if !command.words.isEmpty { words.append("1:word:\(described(command.words))") }
    var lines = ["  \(command.name))"]
    let further = command.words.filter { !$0.next.isEmpty }
    if !further.isEmpty {
      lines.append("    local -a second=()")
      for choice in further {
        let second = EnvironmentText.shellWord("2:word:\(described(choice.next))")
        lines.append("    [[ ${words[2]} == \(choice.word) ]] && second=(\(second))")
      }
    }
    let second = further.isEmpty ? "" : " \"${second[@]}\""
    lines.append(
      "    _arguments \(words.map(EnvironmentText.shellWord).joined(separator: " \\\n      "))\(second)"
    )
    return (lines + ["    ;;"]).joined(separator: "\n")
  }

  private static func described(_ choices: [Choice]) -> String {
    let words = choices.map { "\($0.word)\\:\(doubleQuoted(column($0.help)))" }
    return "((\(words.joined(separator: " "))))"
  }

  private static func column(_ text: String) -> String {
    EnvironmentText.escaped(text) { $0 == UInt8(ascii: ":") ? "\\:" : nil }
  }

  private static func bracketed(_ text: String) -> String {
    EnvironmentText.escaped(column(text)) { byte in
      switch byte {
      case UInt8(ascii: "["): "\\["
      case UInt8(ascii: "]"): "\\]"
      default: nil
      }
    }
  }

  private static func doubleQuoted(_ text: String) -> String {
    let inner = EnvironmentText.escaped(text) { byte in
      switch byte {
      case UInt8(ascii: "\""): ""
      case UInt8(ascii: "$"): "\\$"
      default: nil
      }
    }
    return "\"\(inner)\""
  }
}
