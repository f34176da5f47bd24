import AWSClient
import CommandCore
import JSON

/// Commands that change roles.
extension Mend {
  /// Makes a role of this ARN with a trust policy.
  static func createRole(_ arn: String, trust: JSON = TrustRepair.standard) -> MendCommand {
    let (path, name) = RoleLookup.pathAndName(arn)
    return .aws(
      "iam create-role --role-name \(word(name))\(path.bytes == "/" ? "" : " --path \(word(path))")"
        + " --assume-role-policy-document \(quoted(trust.text()))")
  }

  /// Gives a role another trust policy.
  static func updateTrust(_ name: String, _ trust: JSON) -> MendCommand {
    .aws(
      "iam update-assume-role-policy --role-name \(word(name)) --policy-document "
        + quoted(trust.text()))
  }

  /// Gives a role what came of a repair: tags, another trust policy, or both.
  static func trust(of role: String, _ outcome: TrustRepair.Outcome) -> MendCommand {
    let tags = outcome.tags.map { quoted("Key=\($0.key),Value=\($0.value)") }
    let words = "iam tag-role --role-name \(word(role)) --tags \(tags.joined(separator: " "))"
    return .all(
      tags.isEmpty ? nil : .aws(words),
      outcome.changes.isEmpty ? nil : updateTrust(role, outcome.document))
  }

  /// Gives a role an inline policy.
  static func putPolicy(_ role: String, _ name: String, _ document: JSON) -> MendCommand {
    .aws(
      "iam put-role-policy --role-name \(word(role)) --policy-name \(word(name)) --policy-document "
        + quoted(document.text()))
  }
}
