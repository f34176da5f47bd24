import AWSDoor
import AWSWire
import IAMPolicy
import JSON
import PodIdentity

/// What the operations of EKS have in common.
extension RESTCall {
  /// The cluster of the path, if the operator named it.
  func cluster(among clusters: [Cluster]) throws(Refusal) -> Cluster {
    let name = arguments.first ?? ""
    guard let cluster = clusters.first(where: { $0.name.bytes == name.bytes }) else {
      throw EKSFailure.noCluster(name).refusal
    }
    return cluster
  }

  /// The association id of the path.
  func associationID() throws(Refusal) -> String {
    guard arguments.count > 1, arguments[1].unicodeScalars.count == 19 else {
      throw EKSFailure.associationIDLength.refusal
    }
    return arguments[1]
  }

  /// The ARN of an association.
  func associationARN(_ id: String, cluster: Cluster) -> String {
    account.eksARN("podidentityassociation/\(cluster.name)/\(id)")
  }

  /// A member of the body that must be there and not be empty.
  func requiredText(
    _ member: String, pattern: Constraints.Pattern? = nil
  ) throws(Refusal) -> String {
    var constraints = Constraints(quotesValues: true)
    let value = try text(member)
    constraints.text(member, value, isRequired: true, length: 1...2048, pattern: pattern)
    if let objection = constraints.objection {
      throw EKSFailure.invalidParameter(objection).refusal
    }
    return value ?? ""
  }

  /// The tags of the body, checked.
  func tags(
    failure: (String) -> EKSFailure = EKSFailure.invalidParameter
  ) throws(Refusal) -> [ResourceTag] {
    guard let map = try texts("tags") else { return [] }
    let tags = [ResourceTag](json: .object(map))
    try checkTags(tags, failure: failure)
    return tags
  }

  /// Refuses tags beyond EKS's limits.
  func checkTags(
    _ tags: [ResourceTag], failure: (String) -> EKSFailure
  ) throws(Refusal) {
    var constraints = Constraints(quotesValues: true)
    constraints.tags(tags)
    if let objection = constraints.objection { throw failure(objection).refusal }
    if let reserved = tags.first(where: { $0.key.lowercased().bytes.hasPrefix("aws:") }) {
      throw failure(
        "Tag keys must not begin with aws:, as \(reserved.key) does; the prefix is reserved."
      ).refusal
    }
  }

  /// The role of an association: it must be there, trust Pod Identity, and be passable.
  func associableRole(_ arn: String) throws(Refusal) -> Role {
    guard Self.isRoleARN(arn) else {
      throw EKSFailure.invalidParameter("The role ARN \(arn) is not valid.").refusal
    }
    let found = store.role(arn: arn)
    var keys: PolicyContext = ["iam:PassedToService": [PodIdentityService.name]]
    keys.addTags(found?.tags.pairs ?? [], of: .resource)
    try authorize("iam:PassRole", on: arn, context: keys)
    keys["iam:PassedToService"] = nil
    try authorize("iam:GetRole", on: arn, context: keys)
    guard let role = found else { throw EKSFailure.roleMissing.refusal }
    for action in ["sts:AssumeRole", "sts:TagSession"]
    where !role.trust.mayAllow(action, to: PodIdentityService.name) {
      throw EKSFailure.trustInvalid(
        reason: "No Allow statement of the trust policy of \(role.name) lets "
          + "\(PodIdentityService.name) do \(action)."
      ).refusal
    }
    return role
  }

  /// Checks a session policy and what it requires.
  func checkPolicy(_ policy: String?, disablesSessionTags: Bool) throws(Refusal) {
    guard let policy else { return }
    guard disablesSessionTags else {
      throw EKSFailure.invalidParameter(
        "A policy can only be given where disableSessionTags is true."
      ).refusal
    }
    do throws(PolicyDocumentError) { _ = try PolicyDocument(text: policy, kind: .session) } catch {
      throw EKSFailure.invalidParameter("The policy is not valid: \(error.message)").refusal
    }
  }

  /// Checks the ARN of a target role, which may be of any account.
  func checkTarget(_ arn: String?) throws(Refusal) {
    guard let arn else { return }
    guard Self.isRoleARN(arn) else {
      throw EKSFailure.invalidParameter("The target role ARN \(arn) is not valid.").refusal
    }
  }

  private static func isRoleARN(_ text: String) -> Bool {
    guard let arn = ARN(text), arn.service.bytes == "iam", arn.region.isEmpty else { return false }
    return arn.account.utf8.count == 12 && arn.account.utf8.allSatisfy { 0x30...0x39 ~= $0 }
      && arn.resource.bytes.hasPrefix("role/") && arn.resource.utf8.count > 5
  }

  /// What a request that makes or changes an association can say; AWS passes over anything else.
  private static let contentMembers = [
    "disableSessionTags", "namespace", "ownerArn", "policy", "roleArn", "serviceAccount", "tags",
    "targetRoleArn",
  ]

  /// The request token of the body, with the content that it stands for.
  func requestToken(_ operation: String) throws(Refusal) -> RoleStore.RequestToken? {
    guard let token = try text("clientRequestToken") else { return nil }
    var content = JSONObject()
    for name in Self.contentMembers { content[name] = body[name] }
    let path = arguments.joined(separator: "/")
    return RoleStore.RequestToken(
      operation: operation, token: token,
      content: "\(path) \(JSON.object(content).text())")
  }

  /// The association that a change came to.
  func association(
    after change: RoleStore.AssociationChange, id: String, cluster: Cluster
  ) throws(Refusal) -> RoleAssociation {
    switch change {
    case .done(let association): return association
    case .exists(let id): throw EKSFailure.associationExists(id).refusal
    case .full: throw EKSFailure.tooManyAssociations.refusal
    case .tokenReused:
      throw EKSFailure.invalidRequest(
        "The client request token was used before for a request with other parameters."
      ).refusal
    case .absent: throw EKSFailure.noAssociation(id, cluster: cluster.name).refusal
    }
  }

  /// The failure of a store, for ``stored(failure:_:)``.
  func serverFailure(_ reason: String) -> Refusal { EKSFailure.server(reason).refusal }
}
