import AWSClient
package import CommandCore
import IAMPolicy
package import JSON
import PodIdentity

/// The role and its trust policy.
extension Explainer {
  /// The role of the association.
  package mutating func role(_ association: JSON) async throws(ExplainStop) -> RoleLookup {
    let arn = association["roleArn"]?.string ?? ""
    let found: RoleLookup?
    do throws(AWSFailure) {
      found = try await RoleLookup.find(name: RoleLookup.pathAndName(arn).name, aws: aws)
    } catch { throw ExplainStop("role", error) }
    guard let role = found else {
      throw ExplainStop(
        "role", "\(arn) does not exist; EKS Auth answers AccessDeniedException for it",
        mend: Mend.createRole(arn))
    }
    guard role.arn.bytes == arn.bytes else {
      let isByHand = association["ownerArn"]?.string == nil
      throw ExplainStop(
        "role", "\(arn) does not exist; the role of that name has another path: \(role.arn)",
        mend: isByHand
          ? mend.update(association, "--role-arn", role.arn) : mend.annotate(role.arn))
    }
    let names = role.policies.map(\.name).joined(separator: ", ")
    good("role", "\(arn), policies: \(names.isEmpty ? "none" : names)")
    if names.isEmpty, association["targetRoleArn"]?.string == nil { warnOfNoPolicy(role) }
    return role
  }

  /// Warns of a role that may do nothing.
  mutating func warnOfNoPolicy(_ role: RoleLookup) {
    warn(
      "role",
      "\(role.name) has no policy, so its credentials come and may do nothing; grant it what it "
        + "needs with aws iam put-role-policy --role-name \(Mend.word(role.name))")
  }

  /// What mends a trust policy for Pod Identity.
  func trustRepair(_ role: RoleLookup, _ keys: PodKeys) -> TrustRepair {
    TrustRepair(
      principal: .service(PodIdentityService.name),
      named: ["Service": .string(PodIdentityService.name)], actions: keys.actions, role: role.arn,
      context: keys.service(to: role))
  }

  /// Stops where the service may not assume the role.
  mutating func trust(
    of role: RoleLookup, _ association: JSON, _ keys: PodKeys
  ) throws(ExplainStop) {
    let repair = trustRepair(role, keys)
    if let (action, why) = repair.refusal(role.trust) {
      var text = "\(role.name) does not let pods.eks.amazonaws.com do \(action): \(why)"
      if role.trust.isForIRSA {
        text += "; this trust is IRSA's (sts:AssumeRoleWithWebIdentity), not Pod Identity's"
      }
      throw trustStop("trust policy", text, role, repair, association)
    }
    good(
      "trust policy", "pods.eks.amazonaws.com may do \(keys.actions.joined(separator: " and "))")
  }

  /// The stop where a trust policy refuses, with the change that is least.
  func trustStop(
    _ hop: String, _ text: String, _ role: RoleLookup, _ repair: TrustRepair, _ association: JSON
  ) -> ExplainStop {
    let needsTags = repair.actions.count == 1 && role.trust.asksForTags
    if needsTags, association["policy"]?.string == nil {
      return ExplainStop(
        hop, "\(text); the association turns session tags off, for which the trust policy asks",
        mend: mend.update(association, "--no-disable-session-tags"))
    }
    let outcome = repair.mended(role.trustJSON)
    let tags = outcome.tags.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    let told = [
      outcome.tags.isEmpty
        ? nil : "The command gives the role the tag \(tags), which the policy asks for",
      outcome.changes.isEmpty
        ? nil : "The new policy \(outcome.changes.joined(separator: " and "))",
    ].compactMap { $0 }.joined(separator: ". ")
    return ExplainStop(hop, "\(text). \(told)", mend: Mend.trust(of: role.name, outcome))
  }
}

extension TrustRepair {
  /// The first action that a trust policy does not allow, and why; nil where it allows all.
  func refusal(_ document: PolicyDocument) -> (action: String, why: String)? {
    let policy = NamedPolicy(name: "trust policy", document: document)
    for action in actions {
      let request = PolicyRequest(
        action: action, resource: role, principal: principal, context: context)
      guard !PolicyEvaluation(identity: [], resource: [policy]).decide(request).isAllowed else {
        continue
      }
      let why = PolicyEvaluation.trace([policy], request).map { trace in
        "statement \(trace.reference.statement): "
          + (trace.mismatch ?? "it applies, with effect \(trace.effect)")
      }
      return (action, why.joined(separator: "; "))
    }
    return nil
  }
}

extension PolicyDocument {
  /// Whether a statement of the trust policy is for tokens of an OIDC provider.
  var isForIRSA: Bool {
    statements.contains { $0.principal?.named.keys.contains(.federated) == true }
  }

  /// Whether a condition of the trust policy is about session tags.
  var asksForTags: Bool {
    statements.contains { statement in
      statement.effect == .allow
        && statement.conditions.contains {
          let key = $0.key.bytes.asciiLowercased
          return key.hasPrefix("aws:requesttag/") || key == "aws:tagkeys"
            || key == "sts:transitivetagkeys"
        }
    }
  }
}
