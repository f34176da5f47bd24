import CommandCore
import JSON
import PodIdentity

/// What is said of the actions of policies.
enum KnownActions {
  /// What is to be said of an action that none of the servers asks for; nil for known ones, and for
  /// those of services that are not here.
  ///
  /// A misspelt one is allowed or not like any other.
  static func note(on action: String) -> String? {
    let parts = action.bytes.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    let service = parts[0].lowercased()
    guard let known = AWSOperations.of(service)?.actions,
      !known.map(\.bytes.asciiLowercased).contains(parts[1].bytes.asciiLowercased)
    else { return nil }
    let near = Spelling.nearest(parts[1], among: known)
      .map { "; the nearest is \(service):\($0)" }
    return "\(action) is not among the actions known here, those that the stack's servers ask for"
      + (near ?? "")
  }
}
