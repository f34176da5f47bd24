import IAMPolicy
import JSON

/// The role that is assumed through the association's.
extension Explainer {
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
        mend.update(association, "--target-role-arn", meant)))
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
          ? "aws iam delete-role-policy --role-name \(Mend.word(role.name)) --policy-name "
            + Mend.word(policy.name)
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
