import AWSDoor
import IAMPolicy
import JSON
import PodIdentity

/// Whether the principals of a trust policy exist: AWS refuses one of this account that does not.
// Differs from AWS: of other accounts, and of identity providers, it is not known who exists; and
// ARNs stay ARNs, where AWS keeps a role's id and shows it once the role is gone.
struct TrustPrincipals {
  let account: AWSAccount
  let store: RoleStore

  /// Refuses a document that names a role or user of this account that there is none of.
  func check(_ document: PolicyDocument) throws(PolicyDocumentError) {
    for statement in document.statements {
      for name in statement.principal?.named[.aws] ?? [] where !exists(name) {
        throw TrustPrincipalRules.invalid("AWS", name)
      }
    }
  }

  private func exists(_ name: String) -> Bool {
    switch AccountPrincipal(name) {
    case nil, .account: true
    case .id(let id): store.roles().contains { $0.id.bytes == id.bytes }
    case .named(let owner, let resource):
      owner.bytes != account.id.bytes || hasResource(resource, arn: name)
    }
  }

  private func hasResource(_ resource: String, arn: String) -> Bool {
    let path = resource.bytes.split(separator: "/")
    switch path[0].bytes {
    case "role": return store.role(arn: arn) != nil
    case "user": return ServiceUser.allCases.contains { $0.resource.bytes == resource.bytes }
    case "assumed-role": return store.role(named: String(path[1])) != nil
    default: return true
    }
  }
}
