package import CommandCore
import JSON

/// Commands that mend what an account has: its annotation, its association, itself.
package struct AccountMend: Sendable {
  let account: AccountName
  /// The stack that the commands are for.
  package let stack: StackInfo

  /// The account's name and namespace, as kubectl takes them.
  var here: String { "\(Mend.word(account.name)) -n \(Mend.word(account.namespace))" }

  /// Writes the annotation that names a role.
  func annotate(_ role: String) -> MendCommand {
    .kubectl(
      "annotate serviceaccount \(here) --overwrite "
        + Mend.word("\(AssociationLookup.annotation)=\(role)"))
  }

  /// Makes the association with a role.
  func associate(_ role: String) -> MendCommand {
    .aws(
      "eks create-pod-identity-association --cluster-name \(Mend.word(stack.cluster)) "
        + "--namespace \(Mend.word(account.namespace)) --service-account "
        + "\(Mend.word(account.name)) --role-arn \(Mend.word(role))")
  }

  /// Changes an association.
  func update(_ association: JSON, _ flag: String, _ value: String? = nil) -> MendCommand {
    .aws(
      "eks update-pod-identity-association --cluster-name \(Mend.word(stack.cluster)) "
        + "--association-id \(association["associationId"]?.string ?? "") \(flag)"
        + (value.map { " \(Mend.word($0))" } ?? ""))
  }

  /// Makes the ServiceAccount, with the annotation if it had one.
  func createAccount(role: String? = nil) -> MendCommand {
    .all(.kubectl("create serviceaccount \(here)"), role.map(annotate))
  }
}
