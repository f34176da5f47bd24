import AWSClient
import CommandCore
import JSON
import KubernetesClient

/// Why an account without the annotation has no association.
struct AbsenceCause {
  let explainer: Explainer

  private var account: AccountName { explainer.account }
  private var mend: AccountMend { explainer.mend }

  /// The stop.
  func stop(_ object: JSON) async throws(AWSFailure) -> ExplainStop {
    let annotations = object.at("metadata", "annotations")?.object ?? [:]
    if let (key, value) = misspelt(annotations) {
      return ExplainStop(
        "association",
        "\(account.text) has no association, and its annotation \(key) is not "
          + AssociationLookup.annotation,
        mend: .all(
          mend.annotate(value),
          .kubectl("annotate serviceaccount \(mend.here) \(Mend.word("\(key)-"))")))
    }
    let text =
      "\(account.text) has neither an association nor the annotation "
      + AssociationLookup.annotation
    if let role = annotations["eks.amazonaws.com/role-arn"]?.string {
      return ExplainStop(
        "association",
        "\(text); eks.amazonaws.com/role-arn (\(role)) is IRSA's annotation, not Pod Identity's",
        mend: try await associating(role))
    }
    if let (near, why) = try await misplaced(),
      let role = try await explainer.lookup.describe(near.id, cluster: near.cluster)?["roleArn"]?
        .string
    {
      return ExplainStop(
        "association",
        "\(text); \(why) has one with \(role) (\(near.id), which the command leaves alone)",
        mend: try await associating(role))
    }
    return ExplainStop("association", text, mend: try await associating(likelyRole()))
  }

  /// An annotation that names a role under almost the right key.
  private func misspelt(_ annotations: JSONObject) -> (key: String, role: String)? {
    for (key, value) in annotations {
      guard let role = value.string, role.bytes.contains(":role/"),
        key.bytes != "eks.amazonaws.com/role-arn"
      else { continue }
      let isNear =
        key.bytes.hasPrefix("pod-identity.eks.amazonaws.com/")
        || Spelling.distance(key, AssociationLookup.annotation) <= 5
      if isNear { return (key, role) }
    }
    return nil
  }

  /// An association that was likely meant for the account, and where it lies.
  private func misplaced() async throws(AWSFailure) -> (AssociationLookup.Summary, String)? {
    let all = try await explainer.lookup.everywhere()
    let here = all.filter { $0.cluster.bytes == explainer.stack.cluster.bytes }
    if let found = all.first(where: {
      $0.cluster.bytes != explainer.stack.cluster.bytes
        && $0.namespace.bytes == account.namespace.bytes && $0.name.bytes == account.name.bytes
    }) {
      return (found, "the account of that name in cluster \(found.cluster)")
    }
    if let found = here.first(where: { $0.name.bytes == account.name.bytes }) {
      return (found, "the account of that name in namespace \(found.namespace)")
    }
    let neighbours = here.filter { $0.namespace.bytes == account.namespace.bytes }
    guard let near = Spelling.nearest(account.name, among: neighbours.map(\.name)),
      let found = neighbours.first(where: { $0.name.bytes == near.bytes })
    else { return nil }
    let path = ObjectPath.core("serviceaccounts", in: found.namespace, found.name)
    // An account that exists has its own for a reason.
    guard (try? await explainer.kubernetes.get(path)) == nil else { return nil }
    return (found, "\(found.namespace)/\(found.name), an account that does not exist,")
  }

  /// The commands to the association with a role, which EKS takes only with the right trust.
  private func associating(_ arn: String) async throws(AWSFailure) -> MendCommand {
    guard let role = try await RoleLookup.find(arn: arn, aws: explainer.aws) else {
      return .all(Mend.createRole(arn), mend.associate(arn))
    }
    let repair = explainer.trustRepair(
      role, PodKeys(account: account, stack: explainer.stack, now: explainer.now))
    let outcome = repair.mended(role.trustJSON)
    return .all(
      outcome.isEmpty ? nil : Mend.trust(of: role.name, outcome),
      mend.associate(arn))
  }

  /// The role that is likely meant: the one whose name has most in common with the account's.
  private func likelyRole() async throws(AWSFailure) -> String {
    func common(_ arn: String) -> Int {
      zip(RoleLookup.pathAndName(arn).name.utf8, account.name.utf8).prefix { $0.0 == $0.1 }.count
    }
    let arns = try await RoleLookup.all(explainer.aws).filter { RoleLookup.isAssociable($0.trust) }
      .map(\.arn)
    let likely = arns.max { common($0) < common($1) }
    if let likely, common(likely) >= 3 || arns.count == 1 { return likely }
    return "arn:aws:iam::\(explainer.stack.account):role/\(account.name)"
  }
}
