import AWSClient
import CommandCore
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
    guard let target = found, target.arn.bytes == arn.bytes else {
      throw missingTarget(arn, found, association, from: role)
    }
    let context = keys.chain(
      from: role, to: target, externalID: association["externalId"]?.string)
    let principal = PolicyPrincipal.account(
      id: stack.account,
      arn: "arn:aws:sts::\(stack.account):assumed-role/\(role.name)/\(keys.sessionName)",
      roleARN: role.arn, roleID: role.id)
    let evaluation = AssumptionEvaluation(
      trust: NamedPolicy(name: "trust policy", document: target.trust),
      caller: PolicyEvaluation(identity: role.policies))
    let repair = TrustRepair(
      principal: principal, named: ["AWS": .string(role.arn)], actions: keys.actions, role: arn,
      context: context)
    for action in keys.actions {
      let request = PolicyRequest(
        action: action, resource: arn, principal: principal, context: context)
      switch evaluation.decide(request) {
      case .allowed: continue
      case .deniedByCaller(let statement, _):
        let requests = keys.actions.map { name in
          var other = request
          other.action = name
          return other
        }
        throw denialStop(statement, request, requests, role)
      case .notPermitted: throw permissionStop(request, role, target, keys)
      case .deniedByTrust, .notTrusted:
        let why = repair.refusal(target.trust)?.why ?? ""
        throw trustStop(
          hop, "\(target.name) does not let \(role.name) do \(action): \(why)", target, repair,
          association)
      }
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
    let own: ByteText = "arn:aws:iam::\(stack.account):role/"
    if arn.bytes.hasPrefix(own), found == nil {
      return ExplainStop(
        "target role", "\(arn) does not exist in this account",
        mend: Mend.createRole(arn, trust: trust))
    }
    let path = arn.bytes.split(separator: "/").dropFirst().joined(separator: "/")
    let meant = found?.arn ?? "\(own)\(path)"
    return ExplainStop(
      "target role",
      arn.bytes.hasPrefix(own)
        ? "\(arn) does not exist; the role of that name has another path: \(meant)"
        : "\(arn) is a role of another account or partition, of which there is none here",
      mend: .all(
        found == nil ? Mend.createRole(meant, trust: trust) : nil,
        mend.update(association, "--target-role-arn", meant)))
  }

  /// The stop where a statement of the first role denies a request; the command lets all that are
  /// needed pass.
  private func denialStop(
    _ statement: StatementReference, _ request: PolicyRequest, _ requests: [PolicyRequest],
    _ role: RoleLookup
  ) -> ExplainStop {
    let text =
      "\(role.name) may not do \(request.action) on \(request.resource): \(statement.text) denies it"
    guard let policy = role.inline.first(where: { $0.name.bytes == statement.policy.bytes }) else {
      return ExplainStop("target role", text, mend: .podid("events"))
    }
    let list = policy.json["Statement"]?.array ?? policy.json["Statement"].map { [$0] } ?? []
    var changes: [String] = []
    let kept = list.compactMap { json -> JSON? in
      var edit = DenialEdit(json)
      for request in requests { edit.spare(request) }
      changes += edit.changes
      return edit.statement
    }
    var document = policy.json.object ?? [:]
    document["Statement"] = .array(kept)
    return ExplainStop(
      "target role", "\(text). The command \(changes.joined(separator: " and "))",
      mend: kept.isEmpty
        ? .aws(
          "iam delete-role-policy --role-name \(Mend.word(role.name)) --policy-name "
            + Mend.word(policy.name))
        : Mend.putPolicy(role.name, policy.name, .object(document)))
  }

  /// The stop where the target leaves it to the first role's policies, and none allows.
  private func permissionStop(
    _ request: PolicyRequest, _ role: RoleLookup, _ target: RoleLookup, _ keys: PodKeys
  ) -> ExplainStop {
    let traces = PolicyEvaluation.trace(role.policies, request).map {
      "\($0.reference.text): \($0.mismatch ?? "it applies")"
    }
    var name = "assume-\(target.name)".prefix(120)
    while role.inline.contains(where: { $0.name.bytes == name }) { name += "-2" }
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
      "target role",
      "\(role.name) may not do \(request.action) on \(request.resource): \(why); \(target.name) "
        + "trusts the account, which leaves it to the role's own policies",
      mend: Mend.putPolicy(role.name, String(name), document))
  }
}
