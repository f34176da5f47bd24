import JSON

/// The object whose life a token shares.
struct TokenBinding: Sendable {
  var pod: ServiceAccountClaims.Reference?
  var secret: ServiceAccountClaims.Reference?
  var node: ServiceAccountClaims.Reference?
  /// The reference as the answer repeats it: as it was sent, null where there was none.
  var echo: JSON = .null

  /// Looks up what a `boundObjectRef` names; the version in it is not looked at.
  static func resolve(
    _ reference: JSON?, namespace: String, account: String, objects: some ClusterObjects
  ) async throws(StatusError) -> TokenBinding {
    guard let reference, reference.object != nil else { return TokenBinding() }
    let kind = reference["kind"]?.string ?? ""
    let apiVersion = reference["apiVersion"]?.string ?? ""
    let name = reference["name"]?.string ?? ""
    var binding = TokenBinding(echo: echo(of: reference))
    let bound: ResourceKind
    switch (apiVersion.bytes.contains("/"), kind.bytes) {
    case (false, "Pod"): bound = .pods
    case (false, "Secret"): bound = .secrets
    case (false, "Node"): bound = .nodes
    default:
      let version = apiVersion.bytes.contains("/") ? apiVersion : "/\(apiVersion)"
      throw .badRequest("cannot bind token to object of type \(version), Kind=\(kind)")
    }
    guard !name.isEmpty else { throw .badRequest("Name parameter required.") }
    guard
      let object = await objects.object(
        bound, namespace: bound == .nodes ? "" : namespace, name: name)
    else { throw .notFound(bound, name) }
    if bound == .pods, object.at("spec", "serviceAccountName")?.string?.bytes != account.bytes {
      throw .badRequest(
        "cannot bind token for serviceaccount \"\(account)\" to pod running with different "
          + "serviceaccount name.")
    }
    let found = ServiceAccountClaims.Reference(
      name: name, uid: object.at("metadata", "uid")?.string ?? "")
    if let uid = reference["uid"]?.string, !uid.isEmpty, uid.bytes != found.uid.bytes {
      throw .conflict(
        kind: kind, group: "", name: name,
        "the UID in the bound object reference (\(uid)) does not match the UID in record. "
          + "The object might have been deleted and then recreated")
    }
    switch bound {
    case .pods:
      binding.pod = found
      binding.node = await node(of: object, objects: objects)
    case .secrets: binding.secret = found
    default: binding.node = found
    }
    return binding
  }

  /// The node of a pod; one that nobody registered is known by its name alone.
  private static func node(
    of pod: JSON, objects: some ClusterObjects
  ) async -> ServiceAccountClaims.Reference? {
    guard let name = pod.at("spec", "nodeName")?.string, !name.isEmpty else { return nil }
    let node = await objects.object(.nodes, namespace: "", name: name)
    return .init(name: name, uid: node?.at("metadata", "uid")?.string ?? "")
  }

  private static func echo(of reference: JSON) -> JSON {
    var echo = JSONObject()
    for member in ["kind", "apiVersion", "name", "uid"] {
      if let text = reference[member]?.string, !text.isEmpty { echo[member] = .string(text) }
    }
    return .object(echo)
  }
}
