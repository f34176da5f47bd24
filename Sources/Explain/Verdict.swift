import CommandCore
package import IAMPolicy
package import JSON

/// What the policies of a pod's role, and its session policy, say to a request.
package struct Verdict: Sendable {
  /// One statement, with every condition that it has.
  package struct Statement: Sendable {
    /// The policy and the Sid, or the place in it.
    package let reference: StatementReference
    /// Which kind of policy it is in.
    package let source: PolicySource
    /// Whether it allows or denies.
    package let effect: PolicyStatement.Effect
    /// Whether it counts, as a Deny does that cannot be evaluated.
    let counts: Bool
    /// Why it is not about the request; nil where it is.
    package let mismatch: String?
    /// Each of its conditions, whether it holds or not.
    package let conditions: [ConditionTrace]
  }

  let request: PolicyRequest
  /// The name of the role that was asked for.
  package let role: String
  /// What came of all statements.
  package let decision: PolicyDecision
  let statements: [Statement]

  /// Asks the policies.
  package init(_ request: PolicyRequest, _ effective: EffectiveRole) {
    self.request = request
    role = effective.role.name
    var session: [NamedPolicy] = []
    if let text = effective.association["policy"]?.string {
      let document =
        (try? PolicyDocument(text: text, kind: .session, isStored: true)) ?? .denyingAll
      session = [NamedPolicy(name: "of the session", document: document)]
    }
    decision = PolicyEvaluation(identity: effective.role.policies, session: session)
      .decide(request)
    let sources: [(PolicySource, [NamedPolicy])] = [
      (.identity, effective.role.policies), (.session, session),
    ]
    statements = sources.flatMap { source, policies in
      PolicyEvaluation.trace(policies, request).map { trace in
        Statement(
          reference: trace.reference, source: source, effect: trace.effect, counts: trace.counts,
          mismatch: trace.mismatch, conditions: trace.conditions)
      }
    }
  }

  private var what: String { "\(request.action) on \(request.resource)" }

  /// The verdict in a sentence.
  package var reason: String {
    switch decision {
    case .allowed(let statement):
      return "\(role) may do \(what): \(statement.text)"
    case .explicitlyDenied(let statement, let source):
      return "\(role) may not do \(what): \(statement.text) denies it (\(source.rawValue))"
    case .implicitlyDenied(let source):
      guard statements.contains(where: { $0.source == .identity }) else {
        return "\(role) may not do \(what), for nothing allows it: it has no policy"
      }
      return source == .session
        ? "\(role) may do \(what), but the association's session policy does not allow it"
        : "\(role) may not do \(what), for nothing allows it"
    }
  }

  /// The statements that decided; all that were asked in vain where none did.
  package var deciding: [Statement] {
    switch decision {
    case .allowed(let reference):
      return statements.filter {
        $0.counts && ($0.reference == reference || $0.source == .session)
      }
    case .explicitlyDenied(let reference, let source):
      return statements.filter { $0.reference == reference && $0.source == source }
    case .implicitlyDenied(let source): return statements.filter { $0.source == source }
    }
  }

  /// What is likely meant, where the action is unknown, or it and the resource do not go together.
  package var hint: String? { KnownActions.note(on: request.action) ?? objectHint ?? podHint }

  /// What `--pod` is for.
  private var podHint: String? {
    guard !decision.isAllowed,
      request.context["aws:PrincipalTag/kubernetes-pod-name"]?.map(\.bytes)
        == [PodKeys.unknownPod.bytes]
    else { return nil }
    let isAboutPod = statements.contains { statement in
      statement.conditions.contains { !$0.holds && $0.key.bytes.contains("kubernetes-pod-") }
    }
    return isAboutPod
      ? "with --pod NAME, the tags are those of that pod: its name and uid" : nil
  }

  private var objectHint: String? {
    let parts = request.action.bytes.asciiLowercased.split(separator: ":")
    guard parts.count == 2, parts[0].bytes == "s3", !decision.isAllowed else { return nil }
    let resource = request.resource.bytes
    let path = (resource.split(separator: ":", omittingEmptySubsequences: false).last ?? "").bytes
    let bucket = resource.split(separator: "/").first ?? ""
    if parts[1].bytes == "listallmybuckets", resource != "*", path != "*" {
      return "s3:ListAllMyBuckets is about all buckets: ask for arn:aws:s3:::*"
    }
    let ofBuckets = ["listbucket", "getbucketlocation", "createbucket", "deletebucket"]
    if ofBuckets.contains(parts[1].bytes), path.contains("/") {
      return "\(request.action) is about a bucket, not about objects: ask for \(bucket)"
    }
    let ofObjects = ["getobject", "putobject", "deleteobject"]
    if ofObjects.contains(parts[1].bytes), !path.contains("/"), path != "*" {
      return "\(request.action) is about objects, not about a bucket: ask for \(bucket)/KEY"
    }
    return nil
  }

  /// The verdict in JSON.
  package var json: JSON {
    let list = statements.map { statement -> JSON in
      [
        "policy": .string(statement.reference.policy),
        "statement": .string(statement.reference.statement),
        "kind": .string(statement.source.rawValue), "effect": .string(statement.effect.rawValue),
        "applies": .bool(statement.counts),
        "mismatch": statement.mismatch.map(JSON.string) ?? .null,
        "conditions": .array(statement.conditions.map(Self.json)),
      ]
    }
    let decider = decision.isAllowed || isExplicit ? deciding.first : nil
    return [
      "allowed": .bool(decision.isAllowed), "reason": .string(reason),
      "deciding": decider.map {
        ["policy": .string($0.reference.policy), "statement": .string($0.reference.statement)]
      } ?? .null,
      "statements": .array(list), "hint": hint.map(JSON.string) ?? .null,
    ]
  }

  private var isExplicit: Bool {
    if case .explicitlyDenied = decision { return true }
    return false
  }

  private static func json(_ condition: ConditionTrace) -> JSON {
    var object: JSONObject = [
      "operator": .string(condition.operatorName), "key": .string(condition.key),
      "wanted": .strings(condition.wanted), "actual": condition.actual.map(JSON.strings) ?? .null,
      "holds": .bool(condition.holds),
    ]
    if condition.outcome == .error { object["error"] = true }
    return .object(object)
  }
}
