import AWSWire
import IAMPolicy
import JSON

/// What the operations of EKS have in common.
extension RESTCall {
  /// The cluster of the path, if the operator named it.
  func cluster() throws(Refusal) -> Cluster {
    let name = arguments.first ?? ""
    guard let cluster = context.cluster(name) else { throw EKSFailure.noCluster(name).refusal }
    return cluster
  }

  /// The association id of the path.
  func associationID() throws(Refusal) -> String {
    guard arguments.count > 1, arguments[1].count == 19 else {
      throw EKSFailure.associationIDLength.refusal
    }
    return arguments[1]
  }

  /// The ARN of an association.
  func associationARN(_ id: String, cluster: Cluster) -> String {
    context.account.eksARN("podidentityassociation/\(cluster.name)/\(id)")
  }

  /// A member of the body that must be text if it is there.
  func text(_ member: String) throws(Refusal) -> String? {
    switch body[member] {
    case nil, .null?: return nil
    case .string(let text)?: return text
    case .some(let other):
      throw EKSFailure.invalidParameter(
        "The parameter \(member) must be a string, not a \(other.typeName)."
      ).refusal
    }
  }

  /// A member of the body that must be there and not be empty.
  func requiredText(_ member: String) throws(Refusal) -> String {
    var constraints = Constraints(quotesValues: true)
    let value = try text(member)
    constraints.text(member, value, isRequired: true, length: 1...2048)
    if let objection = constraints.objection {
      throw EKSFailure.invalidParameter(objection).refusal
    }
    return value ?? ""
  }

  /// A member of the body that must be a Boolean if it is there.
  func flag(_ member: String) throws(Refusal) -> Bool? {
    switch body[member] {
    case nil, .null?: return nil
    case .bool(let value)?: return value
    case .some(let other):
      throw EKSFailure.invalidParameter(
        "The parameter \(member) must be a boolean, not a \(other.typeName)."
      ).refusal
    }
  }

  /// The tags of the body, checked.
  func tags(
    failure: (String) -> EKSFailure = EKSFailure.invalidParameter
  ) throws(Refusal) -> [ResourceTag] {
    guard let member = body["tags"], !member.isNull else { return [] }
    guard let object = member.object else {
      throw failure("The parameter tags must be an object.").refusal
    }
    let tags = [ResourceTag](json: member)
    guard tags.count == object.count else {
      throw failure("The values of tags must be strings.").refusal
    }
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
    if let reserved = tags.first(where: { $0.key.lowercased().hasPrefix("aws:") }) {
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
    try authorize(
      "iam:PassRole", on: arn, context: ["iam:PassedToService": ["pods.eks.amazonaws.com"]])
    try authorize("iam:GetRole", on: arn)
    guard let role = context.store.role(arn: arn) else { throw EKSFailure.roleMissing.refusal }
    for action in ["sts:AssumeRole", "sts:TagSession"]
    where !role.trust.mayAllow(action, to: "pods.eks.amazonaws.com") {
      throw EKSFailure.trustInvalid(
        reason: "No Allow statement of the trust policy of \(role.name) lets "
          + "pods.eks.amazonaws.com do \(action)."
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
    guard let arn = ARN(text), arn.service == "iam", arn.region.isEmpty else { return false }
    return arn.account.utf8.count == 12 && arn.account.utf8.allSatisfy { 0x30...0x39 ~= $0 }
      && arn.resource.hasPrefix("role/") && arn.resource.utf8.count > 5
  }

  /// The request token of the body, with the content that it stands for.
  func requestToken(_ operation: String) throws(Refusal) -> RoleStore.RequestToken? {
    guard let token = try text("clientRequestToken"), case .object(var content) = body else {
      return nil
    }
    content["clientRequestToken"] = nil
    let path = arguments.joined(separator: "/")
    return RoleStore.RequestToken(
      operation: operation, token: token,
      content: "\(path) \(JSON.object(content.sorted()).text())")
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
