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

  /// A word as it is where a shell takes it so, and else in quotes: annotations and names come from
  /// manifests that anybody may have written.
  static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39 ~= byte) || (0x41...0x5A ~= byte) || (0x61...0x7A ~= byte)
        || "_./:@=+,-".utf8.contains(byte)
    }
    return isPlain && !text.isEmpty ? text : quoted(text)
  }

  /// Commands of which each needs the one before.
  static func both(_ commands: String?...) -> String {
    commands.compactMap { $0 }.joined(separator: " && ")
  }

  /// Makes a role of this ARN with a trust policy.
  static func createRole(_ arn: String, trust: JSON = TrustRepair.standard) -> String {
    let (path, name) = RoleLookup.pathAndName(arn)
    return
      "aws iam create-role --role-name \(word(name))\(path == "/" ? "" : " --path \(word(path))")"
      + " --assume-role-policy-document \(quoted(trust.text()))"
  }

  /// Gives a role another trust policy.
  static func updateTrust(_ name: String, _ trust: JSON) -> String {
    "aws iam update-assume-role-policy --role-name \(word(name)) --policy-document "
      + quoted(trust.text())
  }

  /// Gives a role an inline policy.
  static func putPolicy(_ role: String, _ name: String, _ document: JSON) -> String {
    "aws iam put-role-policy --role-name \(word(role)) --policy-name \(word(name)) --policy-document "
      + quoted(document.text())
  }

  /// The account's name and namespace, as kubectl takes them.
  var here: String { "\(Self.word(account.name)) -n \(Self.word(account.namespace))" }

  /// Writes the annotation that names a role.
  func annotate(_ role: String) -> String {
    "kubectl annotate serviceaccount \(here) --overwrite "
      + Self.word("\(AssociationLookup.annotation)=\(role)")
  }

  /// Makes the association with a role.
  func associate(_ role: String) -> String {
    "aws eks create-pod-identity-association --cluster-name \(Self.word(stack.cluster)) "
      + "--namespace \(Self.word(account.namespace)) --service-account "
      + "\(Self.word(account.name)) --role-arn \(Self.word(role))"
  }

  /// Changes an association.
  func update(_ association: JSON, _ flag: String, _ value: String? = nil) -> String {
    "aws eks update-pod-identity-association --cluster-name \(Self.word(stack.cluster)) "
      + "--association-id \(association["associationId"]?.string ?? "") \(flag)"
      + (value.map { " \(Self.word($0))" } ?? "")
  }

  /// Makes the ServiceAccount, with the annotation if it had one.
  func createAccount(role: String? = nil) -> String {
    Self.both(
      "kubectl create serviceaccount \(here)",
      role.map(annotate))
  }

  /// Explains another account, or another pod.
  static func explain(_ account: String, pod: String? = nil) -> String {
    "podid explain --service-account \(word(account))"
      + (pod.map { " --pod \(word($0))" } ?? "")
  }
}
