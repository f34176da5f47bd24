import JSON

/// What users may do: design's `restricted`, or everything for everybody.
struct Authorizer: Sendable {
  /// The values of `--authorization`.
  enum Mode: String, Sendable, CaseIterable {
    case restricted
    case alwaysAllow = "always-allow"
  }

  let mode: Mode

  /// The rules for a user, by the groups it is in.
  func rules(for user: KubernetesUser) -> [AccessRule] {
    if mode == .alwaysAllow || user.groups.contains("system:masters" as ByteText) {
      return AccessRule.everything
    }
    if user.groups.contains("system:nodes" as ByteText) { return AccessRule.node }
    if user.groups.contains("system:authenticated" as ByteText) { return AccessRule.authenticated }
    return AccessRule.anonymous
  }

  /// Whether a user may do something.
  func allows(_ user: KubernetesUser, _ access: AccessAttributes) -> Bool {
    rules(for: user).contains { $0.allows(access) }
  }

  /// Refuses what a user may not do, in kube-apiserver's words.
  func check(_ user: KubernetesUser, _ access: AccessAttributes) throws(StatusError) {
    guard !allows(user, access) else { return }
    switch access {
    case .path(let verb, let path):
      throw .forbiddenPath("User \"\(user.name)\" cannot \(verb) path \"\(path)\"")
    case .resource(let access): throw Self.refusal(user, access)
    }
  }

  /// The refusal of access to a resource, in kube-apiserver's words.
  static func refusal(
    _ user: KubernetesUser, _ access: ResourceAccess, because cause: String? = nil
  ) -> StatusError {
    var reason =
      "User \"\(user.name)\" cannot \(access.verb) resource \"\(access.path)\" "
      + "in API group \"\(access.group)\""
    reason +=
      access.namespace.isEmpty
      ? " at the cluster scope" : " in the namespace \"\(access.namespace)\""
    if let cause { reason += ": \(cause)" }
    return .forbidden(
      resource: access.resource, group: access.group, name: access.name, reason)
  }
}
