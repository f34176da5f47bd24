import CommandCore
import IAMPolicy
import JSON
import Platform
import PodIdentity

/// What was refused to an account lately, before the walk began.
struct RefusalLookup: Sendable {
  private let events: [JSON]
  private static let age = Duration.seconds(600)

  /// Takes those of these events that are about an account, and not about podid's own walks.
  init(_ account: AccountName, events: [JSON]) {
    self.events = events.filter {
      account.isSubject(of: $0) && CallOrigin.of($0) != .stack
        && $0.at("subject", "pod")?.string?.bytes.hasPrefix(Explainer.probePrefix.bytes) != true
    }.sorted { Self.time($0) < Self.time($1) }
  }

  private static func time(_ event: JSON) -> ByteText { (event["time"]?.string ?? "").bytes }

  /// Reads the events of all servers about an account.
  static func read(_ account: AccountName, _ admins: [AdminClient]) async -> RefusalLookup {
    var found: [JSON] = []
    for admin in admins { found += (try? await admin.events()) ?? [] }
    return RefusalLookup(account, events: found)
  }

  /// What is worth telling: the last refusal, unless the same went well since or would now.
  func warnings(
    _ effective: EffectiveRole?, now: Instant, isWell: Bool
  ) -> [ExplainWarning] {
    let since = (now - Self.age).rfc3339Milli.bytes
    let refusals = events.filter {
      $0["reason"]?.string != nil && Self.time($0) >= since
        && ![EventOutcome.ok, EventOutcome.skipped].contains(
          ($0["outcome"]?.string ?? EventOutcome.ok).bytes)
        && $0["fault"] == nil
    }
    var refused = refusals.last
    // The agent passes on what EKS Auth said, and EKS Auth noted why.
    if refused?.eventCheck == .eksAuth {
      refused =
        refusals.last {
          $0["operation"]?.string?.bytes == EventOperation.assumeRoleForPodIdentity.bytes
        }
        ?? refused
    }
    guard let refused, let operation = refused["operation"]?.string,
      let reason = refused["reason"]?.string, let time = refused["time"]?.string
    else { return [] }
    let wasDenied = [.identityPolicy, .sessionPolicy].contains(refused.eventCheck)
    // A walk that is well went through everything but what the app asks for.
    let isUnserved = refused["outcome"] == "NotImplemented"
    if isWell && !wasDenied && !isUnserved { return [] }
    let isOver = events.contains {
      $0["operation"]?.string?.bytes == operation.bytes
        && $0["outcome"]?.string?.bytes == EventOutcome.ok.bytes && Self.time($0) > time.bytes
    }
    if isOver && !wasDenied { return [] }
    let text =
      "the last refusal, \(operation) at \(time) (\(refused["outcome"]?.string ?? "")): \(reason)"
    guard wasDenied, let effective, let (action, resource) = Self.request(refused) else {
      return [ExplainWarning(hop: "events", text: text)]
    }
    let verdict = Verdict(
      PolicyRequest(
        action: action, resource: resource,
        context: effective.keys.call(as: effective.role)),
      effective)
    guard case .implicitlyDenied(let source) = verdict.decision, source == .identity else {
      return verdict.decision.isAllowed ? [] : [ExplainWarning(hop: "events", text: text)]
    }
    let grant: JSON = [
      "Version": "2012-10-17",
      "Statement": [
        [
          "Effect": "Allow", "Action": .string(action),
          "Resource": .string(Self.literal(resource, of: action)),
        ]
      ],
    ]
    var name = "allow-\(action.bytes.split(separator: ":").last ?? "")"
    while effective.role.inline.contains(where: { $0.name.bytes == name.bytes }) { name += "-2" }
    return [
      ExplainWarning(
        hop: "events",
        text: "\(text) The command grants just that\(Self.passedBy(verdict.request, effective))",
        mend: Mend.putPolicy(effective.role.name, name, grant))
    ]
  }

  /// The conditions that a new grant would not ask for, where a statement allows but for them.
  private static func passedBy(_ request: PolicyRequest, _ effective: EffectiveRole) -> String {
    let keys = effective.role.policies.flatMap(\.document.statements).flatMap { statement in
      let misfits = statement.misfits(request)
      return statement.effect == .allow && !misfits.action && !misfits.resource
        ? misfits.conditions.map(\.key) : []
    }
    guard !keys.isEmpty else { return "" }
    return ", without asking for \(keys.joined(separator: ", ")) as the role's own statement does; "
      + "mend that condition instead if it is meant"
  }

  /// The resource as a policy names it and nothing else: an app chooses its keys (IAM, policy
  /// variables for special characters).
  private static func literal(_ resource: String, of action: String) -> String {
    guard action.bytes != "s3:ListAllMyBuckets" else { return resource }
    return resource.unicodeScalars.map { ["*", "?", "$"].contains($0) ? "${\($0)}" : "\($0)" }
      .joined()
  }

  /// The permission that a call of S3 needs; nil for other services.
  private static func request(_ event: JSON) -> (action: String, resource: String)? {
    guard let operation = event["operation"]?.string else { return nil }
    let bucket = "arn:aws:s3:::\(event["bucket"]?.string ?? "*")"
    let object = "\(bucket)/\(event["key"]?.string ?? "")"
    switch operation.bytes {
    case "ListBuckets": return ("s3:ListAllMyBuckets", "arn:aws:s3:::*")
    case "ListObjectsV2", "HeadBucket": return ("s3:ListBucket", bucket)
    case "GetBucketLocation", "CreateBucket", "DeleteBucket": return ("s3:\(operation)", bucket)
    case "GetObject", "PutObject", "DeleteObject": return ("s3:\(operation)", object)
    case "HeadObject": return ("s3:GetObject", object)
    default: return nil
    }
  }
}
