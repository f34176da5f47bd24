import JSON

/// What an annotated ServiceAccount wants of EKS.
struct AnnotatedAccount: Sendable {
  var namespace: String
  var name: String
  /// The role in the annotation; nil where there is none (any more).
  var roleARN: String?
}

/// An association as the EKS API shows it.
package struct PodIdentityAssociation: Sendable {
  var id: String
  var namespace: String
  var account: String
  /// Known from describing it; the listing leaves it out.
  var roleARN: String?
  var ownerARN: String?
}

/// The next step towards the association that an account's annotation asks for.
enum AssociationPlan: Sendable {
  case create
  case describe(id: String)
  case update(id: String)
  case delete(id: String)
  /// Somebody else made an association, through the EKS API: it wins.
  case leaveToOwner(id: String)
  case nothing

  /// Decides by what is wanted and what is there.
  static func next(
    for account: AnnotatedAccount, existing: PodIdentityAssociation?, ownerARN: String
  ) -> AssociationPlan {
    guard let existing else { return account.roleARN == nil ? .nothing : .create }
    guard existing.ownerARN?.bytes == ownerARN.bytes else {
      return account.roleARN == nil ? .nothing : .leaveToOwner(id: existing.id)
    }
    guard let wanted = account.roleARN else { return .delete(id: existing.id) }
    guard let role = existing.roleARN else { return .describe(id: existing.id) }
    return role.bytes == wanted.bytes ? .nothing : .update(id: existing.id)
  }
}
