import AWSWire
import JSON

/// Commands that mend, as a shell takes them.
struct Mend: Sendable {
  let account: AccountName
  let stack: StackInfo

  /// A word in quotes that no character ends.
  static func quoted(_ text: String) -> String {
    "'\(text.replacing("'", with: "'\\''"))'"
  }

  /// Commands of which each needs the one before.
  static func both(_ commands: String?...) -> String {
    commands.compactMap { $0 }.joined(separator: " && ")
  }

  /// Makes a role of this ARN with a trust policy.
  static func createRole(_ arn: String, trust: JSON = TrustRepair.standard) -> String {
    let (path, name) = RoleLookup.pathAndName(arn)
    return "aws iam create-role --role-name \(name)\(path == "/" ? "" : " --path \(path)")"
      + " --assume-role-policy-document \(quoted(trust.text()))"
  }

  /// Gives a role another trust policy.
  static func updateTrust(_ name: String, _ trust: JSON) -> String {
    "aws iam update-assume-role-policy --role-name \(name) --policy-document "
      + quoted(trust.text())
  }

  /// Gives a role an inline policy.
  static func putPolicy(_ role: String, _ name: String, _ document: JSON) -> String {
    "aws iam put-role-policy --role-name \(role) --policy-name \(name) --policy-document "
      + quoted(document.text())
  }

  /// Writes the annotation that names a role.
  func annotate(_ role: String) -> String {
    "kubectl annotate serviceaccount \(account.name) -n \(account.namespace) --overwrite "
      + "\(AssociationLookup.annotation)=\(role)"
  }

  /// Makes the association with a role.
  func associate(_ role: String) -> String {
    "aws eks create-pod-identity-association --cluster-name \(stack.cluster) --namespace "
      + "\(account.namespace) --service-account \(account.name) --role-arn \(role)"
  }

  /// Changes an association.
  func update(_ association: JSON, _ flags: String) -> String {
    "aws eks update-pod-identity-association --cluster-name \(stack.cluster) --association-id "
      + "\(association["associationId"]?.string ?? "") \(flags)"
  }

  /// Makes the ServiceAccount, with the annotation if it had one.
  func createAccount(role: String? = nil) -> String {
    Self.both(
      "kubectl create serviceaccount \(account.name) -n \(account.namespace)",
      role.map(annotate))
  }

  /// Explains another account, or another pod.
  static func explain(_ account: String, pod: String? = nil) -> String {
    "podid explain --service-account \(account)" + (pod.map { " --pod \($0)" } ?? "")
  }
}
