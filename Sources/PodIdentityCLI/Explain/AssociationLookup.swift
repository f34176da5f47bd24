import IAMPolicy
import JSON
import KubernetesClient

/// Which role a ServiceAccount gets, and by what.
struct AssociationLookup: Sendable {
  static let annotation = "pod-identity.eks.amazonaws.com/role"
  let account: AccountName
  let stack: StackInfo
  let aws: AWSClient
  let kubernetes: KubernetesClient

  private var path: String { "/clusters/\(stack.cluster)/pod-identity-associations" }

  /// The association, whole; nil where there is none.
  func association() async throws(AWSFailure) -> JSON? {
    let list = try await aws.rest(
      "eks", "GET", "\(path)?namespace=\(account.namespace)&serviceAccount=\(account.name)")
    guard let id = list["associations"]?[0]?["associationId"]?.string else { return nil }
    return try await aws.rest("eks", "GET", "\(path)/\(id)")["association"]
  }

  /// The stop for an account that has none.
  func missing(_ object: JSON) async -> ExplainStop {
    let hop = "association"
    let annotations = object.at("metadata", "annotations")
    if let role = annotations?[Self.annotation]?.string {
      let name = role.split(separator: "/").last.map(String.init) ?? account.name
      let isARN = role.hasPrefix("arn:aws:iam::") && role.contains(":role/")
      guard isARN else {
        return ExplainStop(
          hop, "the annotation \(Self.annotation) is \"\(role)\", which is not the ARN of a role",
          mend: annotate("arn:aws:iam::\(stack.account):role/\(name)"))
      }
      guard role.hasPrefix("arn:aws:iam::\(stack.account):") else {
        return ExplainStop(
          hop, "the annotation names \(role), a role of another account than \(stack.account)",
          mend: annotate("arn:aws:iam::\(stack.account):role/\(name)"))
      }
      let reason = await refusal() ?? "the annotation \(role) has no association yet"
      do {
        guard let found = try await RoleLookup.find(arn: role, aws: aws) else {
          return ExplainStop(
            hop, "\(role) of the annotation does not exist (\(reason))",
            mend: Mend.createRole(name))
        }
        let mayBeAssumed = ["sts:AssumeRole", "sts:TagSession"].allSatisfy {
          found.trust.mayAllow($0, to: "pods.eks.amazonaws.com")
        }
        guard mayBeAssumed else {
          return ExplainStop(hop, reason, mend: Mend.updateTrust(found.name))
        }
        return ExplainStop(
          hop, "the association with \(role) is not made yet", mend: "podid explain, in a moment")
      } catch { return ExplainStop(hop, "\(error)", mend: "podid status") }
    }
    var text = "\(account.text) has neither an association nor the annotation \(Self.annotation)"
    if let role = annotations?["eks.amazonaws.com/role-arn"]?.string {
      text += "; eks.amazonaws.com/role-arn (\(role)) is IRSA's annotation, not Pod Identity's"
      return ExplainStop(hop, text, mend: create(role))
    }
    return ExplainStop(hop, text, mend: create(await likelyRole()))
  }

  private func annotate(_ role: String) -> String {
    "kubectl annotate serviceaccount \(account.name) -n \(account.namespace) --overwrite "
      + "\(Self.annotation)=\(role)"
  }

  private func create(_ role: String) -> String {
    "aws eks create-pod-identity-association --cluster-name \(stack.cluster) --namespace "
      + "\(account.namespace) --service-account \(account.name) --role-arn \(role)"
  }

  /// What the annotation controller said last about the account.
  private func refusal() async -> String? {
    let list = try? await kubernetes.get(
      "/api/v1/namespaces/\(account.namespace)/events?fieldSelector=involvedObject.name%3D"
        + account.name)
    return (list?["items"]?.array ?? [])
      .filter { $0["reason"] == "PodIdentityAssociationFailed" }
      .max { ($0["lastTimestamp"]?.string ?? "") < ($1["lastTimestamp"]?.string ?? "") }?[
        "message"]?
      .string
  }

  /// The role that is likely meant: the one whose name has most in common with the account's.
  private func likelyRole() async -> String {
    let arns = ((try? await aws.iam("ListRoles", []))?.all("Arn") ?? [])
    func common(_ arn: String) -> Int {
      let name = arn.split(separator: "/").last ?? ""
      return zip(name, account.name).prefix { $0.0 == $0.1 }.count
    }
    return arns.max { common($0) < common($1) } ?? "arn:aws:iam::\(stack.account):role/ROLE"
  }
}
