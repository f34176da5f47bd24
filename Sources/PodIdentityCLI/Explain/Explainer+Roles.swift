import IAMPolicy
import JSON

/// The role, its trust policy, and the target role.
extension Explainer {
  /// The role of the association.
  mutating func role(_ association: JSON) async throws(ExplainStop) -> RoleLookup {
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
    guard role.arn == arn else {
      let isByHand = association["ownerArn"]?.string == nil
      throw ExplainStop(
        "role", "\(arn) does not exist; the role of that name has another path: \(role.arn)",
        mend: isByHand
          ? mend.update(association, "--role-arn \(role.arn)") : mend.annotate(role.arn))
    }
    let names = role.policies.map(\.name).joined(separator: ", ")
    good("role", "\(arn), policies: \(names.isEmpty ? "none" : names)")
    if names.isEmpty, association["targetRoleArn"]?.string == nil { warnOfNoPolicy(role) }
    return role
  }

  private mutating func warnOfNoPolicy(_ role: RoleLookup) {
    warn(
      "role",
      "\(role.name) has no policy, so its credentials come and may do nothing; grant it what it "
        + "needs with aws iam put-role-policy --role-name \(role.name)")
  }

  /// What mends a trust policy for Pod Identity.
  func trustRepair(_ role: RoleLookup, _ keys: PodKeys) -> TrustRepair {
    TrustRepair(
      principal: .service(TrustRepair.service),
      named: ["Service": .string(TrustRepair.service)], actions: keys.actions, role: role.arn,
      context: keys.service)
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

  private func trustStop(
    _ hop: String, _ text: String, _ role: RoleLookup, _ repair: TrustRepair, _ association: JSON
  ) -> ExplainStop {
    let needsTags = repair.actions.count == 1 && role.trust.asksForTags
    if needsTags, association["policy"]?.string == nil {
      return ExplainStop(
        hop, "\(text); the association turns session tags off, for which the trust policy asks",
        mend: mend.update(association, "--no-disable-session-tags"))
    }
    let outcome = repair.mended(role.trustJSON)
    return ExplainStop(
      hop, "\(text). The command \(outcome.changes.joined(separator: " and "))",
      mend: Mend.updateTrust(role.name, outcome.document))
  }

  /// The target role, if the association names one; stops where it cannot be assumed.
  mutating func target(
    _ association: JSON, from role: RoleLookup, _ keys: PodKeys
  ) async throws(ExplainStop) -> RoleLookup? {
    guard let arn = association["targetRoleArn"]?.string else { return nil }
    let hop = "target role"
    let name = RoleLookup.pathAndName(arn).name
    let found: RoleLookup?
    do throws(AWSFailure) { found = try await RoleLookup.find(name: name, aws: aws) } catch {
      throw ExplainStop(hop, error)
    }
    let context = keys.chain(from: role.arn, externalID: association["externalId"]?.string)
    guard let target = found, target.arn == arn else {
      throw missingTarget(arn, found, association, from: role)
    }
    for action in keys.actions {
      let request = PolicyRequest(action: action, resource: arn, context: context)
      let decision = PolicyEvaluation(identity: role.policies).decide(request)
      guard !decision.isAllowed else { continue }
      throw permissionStop(decision, request, role, keys)
    }
    let principal = PolicyPrincipal.account(
      id: stack.account,
      arn: "arn:aws:sts::\(stack.account):assumed-role/\(role.name)/\(keys.sessionName)",
      roleARN: role.arn)
    let repair = TrustRepair(
      principal: principal, named: ["AWS": .string(role.arn)], actions: keys.actions, role: arn,
      context: context)
    if let (action, why) = repair.refusal(target.trust) {
      throw trustStop(
        hop, "\(target.name) does not let \(role.name) do \(action): \(why)", target, repair,
        association)
    }
    good(hop, "\(arn), which \(role.name) may assume")
    if target.inline.isEmpty { warnOfNoPolicy(target) }
    return target
  }

  private func missingTarget(
    _ arn: String, _ found: RoleLookup?, _ association: JSON, from role: RoleLookup
  ) -> ExplainStop {
    let trust: JSON = [
      "Version": "2012-10-17",
      "Statement": [TrustRepair.statement(["AWS": .string(role.arn)], TrustRepair.both)],
    ]
    let own = "arn:aws:iam::\(stack.account):role/"
    if arn.hasPrefix(own), found == nil {
      return ExplainStop(
        "target role", "\(arn) does not exist in this account",
        mend: Mend.createRole(arn, trust: trust))
    }
    let path = arn.split(separator: "/").dropFirst().joined(separator: "/")
    let meant = found?.arn ?? own + path
    return ExplainStop(
      "target role",
      arn.hasPrefix(own)
        ? "\(arn) does not exist; the role of that name has another path: \(meant)"
        : "\(arn) is a role of another account or partition, of which there is none here",
      mend: Mend.both(
        found == nil ? Mend.createRole(meant, trust: trust) : nil,
        mend.update(association, "--target-role-arn \(meant)")))
  }

  private func permissionStop(
    _ decision: PolicyDecision, _ request: PolicyRequest, _ role: RoleLookup, _ keys: PodKeys
  ) -> ExplainStop {
    let start = "\(role.name) may not do \(request.action) on \(request.resource): "
    if case .explicitlyDenied(let statement, _) = decision,
      let policy = role.inline.first(where: { $0.name == statement.policy })
    {
      let list = policy.json["Statement"]?.array ?? policy.json["Statement"].map { [$0] } ?? []
      let kept = zip(list, policy.document.statements)
        .filter { !($0.1.effect == .deny && $0.1.mismatch(request) == nil) }.map(\.0)
      var document = policy.json.object ?? [:]
      document["Statement"] = .array(kept)
      return ExplainStop(
        "target role", "\(start)\(statement.text) denies it. The command takes that statement out",
        mend: kept.isEmpty
          ? "aws iam delete-role-policy --role-name \(role.name) --policy-name \(policy.name)"
          : Mend.putPolicy(role.name, policy.name, .object(document)))
    }
    let traces = PolicyEvaluation.trace(role.policies, request).map {
      "\($0.reference.text): \($0.mismatch ?? "it applies")"
    }
    var name = "assume-\(RoleLookup.pathAndName(request.resource).name)".prefix(120)
    while role.inline.contains(where: { $0.name == name }) { name += "-2" }
    let document: JSON = [
      "Version": "2012-10-17",
      "Statement": [
        [
          "Effect": "Allow", "Action": .strings(keys.actions),
          "Resource": .string(request.resource),
        ]
      ],
    ]
    let why = traces.isEmpty ? "it has no policy" : traces.joined(separator: "; ")
    return ExplainStop(
      "target role", start + why, mend: Mend.putPolicy(role.name, String(name), document))
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
    statements.contains { $0.principal?.named[.federated] != nil }
  }

  /// Whether a condition of the trust policy is about session tags.
  var asksForTags: Bool {
    statements.contains { statement in
      statement.effect == .allow
        && statement.conditions.contains {
          let key = $0.key.lowercased()
          return key.hasPrefix("aws:requesttag/") || key == "aws:tagkeys"
            || key == "sts:transitivetagkeys"
        }
    }
  }
}
