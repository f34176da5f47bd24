import HTTP
import JSON

/// Acting as another user: the `Impersonate-*` fields, each of which takes a right of its own
/// (kubernetes/apiserver `pkg/endpoints/filters/impersonation.go`).
struct Impersonation: Sendable {
  private static let user = "Impersonate-User"
  private static let group = "Impersonate-Group"
  private static let uid = "Impersonate-Uid"
  private static let extra: ByteText = "impersonate-extra-"

  /// Who is to be acted as, with no group that is not asked for.
  private var wanted: KubernetesUser
  /// The ServiceAccount of that name; nil where the name is no ServiceAccount's.
  private let account: (namespace: String, name: String)?

  /// What a request's fields ask for; nil where they ask for nobody.
  ///
  /// An empty field counts as none, as upstream has it.
  init?(_ headers: HTTPHeaders) throws(StatusError) {
    wanted = KubernetesUser(
      name: headers[Self.user] ?? "", uid: headers[Self.uid] ?? "", groups: headers.all(Self.group))
    for field in headers.fields {
      guard let key = field.name.bytes.asciiLowercased.without(prefix: Self.extra) else { continue }
      let name = PercentEncoding.decode(String(key)) ?? String(key)
      wanted.extra[name.bytes, default: []].append(field.value)
    }
    account = Self.account(wanted.name)
    guard wanted.name.isEmpty else { return }
    guard wanted.uid.isEmpty, wanted.groups.isEmpty, wanted.extra.isEmpty else {
      // Upstream answers 500, for what is the caller's mistake.
      throw .badRequest("requested a group, a UID or an extra without impersonating a user")
    }
    return nil
  }

  private static func account(_ user: String) -> (namespace: String, name: String)? {
    guard let rest = user.bytes.without(prefix: "system:serviceaccount:") else { return nil }
    let parts = rest.bytes.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, ObjectNames.isLabel(parts[0]), ObjectNames.isSubdomain(parts[1]) else {
      return nil
    }
    return (parts[0], parts[1])
  }

  /// Whom the request is made as, if the one who makes it may act as them.
  func user(
    asked asker: KubernetesUser, _ authorizer: Authorizer
  ) throws(StatusError) -> KubernetesUser {
    for access in rights { try authorizer.check(asker, .resource(access)) }
    var user = wanted
    if let account, user.groups.isEmpty {
      user.groups = ["system:serviceaccounts", "system:serviceaccounts:\(account.namespace)"]
    }
    // Whoever has a name is authenticated; what was asked for stays the only such group.
    let (known, unknown) = ("system:authenticated", "system:unauthenticated")
    if user.name.bytes == KubernetesUser.anonymous.name.bytes {
      if !user.groups.contains(unknown.bytes) { user.groups.append(unknown) }
    } else if !user.groups.contains(known.bytes), !user.groups.contains(unknown.bytes) {
      user.groups.append(known)
    }
    return user
  }

  /// The right that each field takes.
  var rights: [ResourceAccess] {
    func right(_ resource: String, _ name: String, group: String = "") -> ResourceAccess {
      ResourceAccess(verb: "impersonate", group: group, resource: resource, name: name)
    }
    var rights = [right("users", wanted.name)]
    if let account {
      rights = [right("serviceaccounts", account.name)]
      rights[0].namespace = account.namespace
    }
    rights += wanted.groups.map { right("groups", $0) }
    let group = "authentication.k8s.io"
    for (key, values) in wanted.extra.sorted(by: { $0.key < $1.key }) {
      for value in values {
        var extra = right("userextras", value, group: group)
        extra.subresource = key.string
        rights.append(extra)
      }
    }
    if !wanted.uid.isEmpty { rights.append(right("uids", wanted.uid, group: group)) }
    return rights
  }
}
