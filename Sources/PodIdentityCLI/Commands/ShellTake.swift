import CommandCore
import JSON
import Platform

/// What `podid env` prints for a shell: the variables, what else is hidden since it would win over
/// them, and what is needed to take it all back.
///
/// What the shell had is kept in variables of the shell alone, by the shell: a user's own secrets are
/// neither printed nor handed to other programs. `PODID_ENV_NAMES` has the names that were taken.
struct ShellTake {
  /// Tells a later call which variables are podid's by now.
  static let namesVariable = "PODID_ENV_NAMES"
  private static let keptPrefix = "PODID_BEFORE_"

  private let caller: [ByteText: String]
  /// The names that podid has taken from this shell so far.
  private let taken: [String]

  /// A text for a shell with these variables.
  init(_ environment: ProcessEnvironment) {
    caller = environment.variables
    taken = (environment[Self.namesVariable] ?? "").bytes.split(separator: " ").map(String.init)
      .filter(PodVariables.isIdentifier)
  }

  /// Exports the variables that a shell can name, and hides all others by which AWS SDKs would call
  /// as somebody else, or call elsewhere.
  ///
  /// `also` are names that the shell may have although this process does not.
  func text(_ shown: [(String, String)], hiding also: [String] = []) -> String {
    let shown = shown.filter { EnvironmentText.shell.canName($0.0) }
    let values = Dictionary(shown.map { ($0.0.bytes, $0.1) }) { $1 }
    let known = caller.keys + (taken + also).map(\.bytes)
    let hidden = ProcessVariables.hiding(known).filter {
      values[$0] == nil && PodVariables.isIdentifier($0.string)
    }.sorted()
    let names = Set(hidden).union(values.keys)
    // What podid put there itself is nothing to come back to.
    let kept = names.subtracting(taken.map(\.bytes)).sorted().filter { caller[$0] != nil }
    // Another pod's variables are not this one's.
    var lines = taken.filter { !names.contains($0.bytes) }.map(Self.undoing)
    // One that was put before this call alone is not the shell's.
    lines += kept.map { "[ -z \"${\($0)+x}\" ] || \(Self.keptPrefix)\($0)=\"$\($0)\"" }
    lines.append("unset \(hidden.map(\.string).joined(separator: " "))")
    // The stack's own first: whatever a shell makes of a pod's, the next command is not left to the
    // user's own account, and all of it can be taken back.
    let own = shown.filter { ProcessVariables.isOwn($0.0) }
    lines.append(EnvironmentText.shell.text(own))
    let told = names.sorted().map(\.string).joined(separator: " ")
    lines.append("export \(Self.namesVariable)='\(told)'")
    let others = shown.filter { !ProcessVariables.isOwn($0.0) }
    if !others.isEmpty { lines.append(EnvironmentText.shell.text(others)) }
    return lines.joined(separator: "\n")
  }

  /// Takes everything back; nil where nothing was taken from this shell.
  func undone() -> String? {
    guard !taken.isEmpty else { return nil }
    return taken.map(Self.undoing).joined(separator: "\n") + "\nunset \(Self.namesVariable)"
  }

  /// Gives a variable back what it had before podid; a shell below the one that keeps that has none.
  private static func undoing(_ name: String) -> String {
    let kept = keptPrefix + name
    return "if [ \"${\(kept)+x}\" ]; then export \(name)=\"$\(kept)\"; unset \(kept); "
      + "else unset \(name); fi"
  }
}
