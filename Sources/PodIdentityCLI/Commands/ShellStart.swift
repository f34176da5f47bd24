import CommandCore
import JSON
import Platform

/// How a shell is started so that it has podid's variables and a marked prompt.
///
/// A user's own start files may set both, so the shell reads what podid wrote for it behind them.
struct ShellStart {
  let words: [String]
  let environment: [ByteText: String]
  /// The files that it reads, by their names in the folder.
  let files: [(name: String, text: String)]

  /// For the shell of this path; its files will lie in `folder`.
  init(
    shell: String, folder: String, mark: String, variables: [ByteText: String],
    caller: [ByteText: String]
  ) {
    let hidden = ProcessVariables.hiding(caller.keys).filter {
      variables[$0] == nil && PodVariables.isIdentifier($0.string)
    }.sorted().map(\.string)
    // The start files may have led these elsewhere; the rest is the user's to set.
    let own = variables.filter { name, value in
      caller[name]?.bytes != value.bytes || name.hasPrefix("AWS_")
        || ["KUBECONFIG", "PODID_STACK"].contains(name)
    }.sorted { $0.key < $1.key }
    let again =
      "unset \(hidden.joined(separator: " "))\n"
      + EnvironmentText.shell.text(own.map { ($0.key.string, $0.value) }) + "\n"
    let prompt = EnvironmentText.shellWord("(\(mark)) ")
    /// Sets a variable to what the caller has.
    func back(_ name: String) -> String {
      caller[name.bytes].map { EnvironmentText.shell.text([(name, $0)]) } ?? "unset \(name)"
    }
    switch (shell.bytes.split(separator: "/").last ?? "").bytes {
    case "bash":
      words = [shell, "--rcfile", "\(folder)/bashrc", "-i"]
      environment = variables
      files = [
        ("bashrc", "if [ -f ~/.bashrc ]; then . ~/.bashrc; fi\n\(again)PS1=\(prompt)\"$PS1\"\n")
      ]
    case "zsh":
      words = [shell, "-i"]
      environment = variables.merging(["ZDOTDIR": folder]) { $1 }
      let dots = "${ZDOTDIR:-$HOME}"
      files = [
        (
          ".zshenv",
          "\(back("ZDOTDIR"))\nif [ -f \(dots)/.zshenv ]; then . \(dots)/.zshenv; fi\n"
            + "ZDOTDIR=\(EnvironmentText.shellWord(folder))\n"
        ),
        (
          ".zshrc",
          "\(back("ZDOTDIR"))\nif [ -f \(dots)/.zshrc ]; then . \(dots)/.zshrc; fi\n"
            + "\(again)PROMPT=\(prompt)\"$PROMPT\"\n"
        ),
      ]
    case "fish":
      words = [shell, "-i", "-C", "source \(Self.fishWord("\(folder)/config.fish"))"]
      environment = variables
      let exports = own.map { "set -gx \($0.key) \(Self.fishWord($0.value))\n" }.joined()
      files = [
        (
          "config.fish",
          (hidden.isEmpty ? "" : "set -e \(hidden.joined(separator: " "))\n") + exports
            + "functions -c fish_prompt podid_fish_prompt\nfunction fish_prompt\n"
            + "  printf %s \(Self.fishWord("(\(mark)) "))\n  podid_fish_prompt\nend\n"
        )
      ]
    default:
      // ENV is what POSIX's shells read when they are interactive.
      words = [shell, "-i"]
      let file = caller["ENV"].map { EnvironmentText.shellWord($0) } ?? "/dev/null"
      environment = variables.merging(["ENV": "\(folder)/rc"]) { $1 }
      files = [
        (
          "rc",
          "\(back("ENV"))\nif [ -f \(file) ]; then . \(file); fi\n\(again)PS1=\(prompt)\"${PS1-$ }\"\n"
        )
      ]
    }
  }

  /// A word of fish, which knows two escapes in single quotes.
  static func fishWord(_ text: String) -> String {
    "'"
      + EnvironmentText.escaped(text) { byte in
        byte == UInt8(ascii: "\\") ? "\\\\" : byte == UInt8(ascii: "'") ? "\\'" : nil
      } + "'"
  }
}
