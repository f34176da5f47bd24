import IAMPolicy
import JSON
import Platform

extension Command {
  static let explain = Command(
    name: "explain", usage: "--service-account [NS/]NAME [--json]",
    summary: "walk the hops of a ServiceAccount's identity, and say what mends it",
    options: [accountOption, jsonOption, stackOption]
  ) { context in
    var explainer = try Explainer(
      try context.account(), stack: try context.stack(), context: context)
    let isWell = await explainer.run()
    if context.arguments.has("json") {
      let json: JSON = ["ok": .bool(isWell), "steps": .array(explainer.steps.map(\.json))]
      context.print(json.text([.indented]))
      return isWell ? 0 : 1
    }
    for step in explainer.steps {
      let padding = String(repeating: " ", count: max(1, 17 - step.hop.count))
      context.print("\(context.mark(step.isGood)) \(step.hop)\(padding)\(step.text)")
      if let mend = step.mend {
        context.print("  mend it: \(mend)")
        if mend.hasPrefix("aws ") || mend.hasPrefix("kubectl ") {
          context.print("  (in a shell with: eval \"$(podid env)\")")
        }
      }
    }
    return isWell ? 0 : 1
  }

  static let can = Command(
    name: "can", usage: "--service-account [NS/]NAME ACTION RESOURCE",
    summary: "say whether a pod's credentials allow an action, and which statement says so",
    options: [accountOption, jsonOption, stackOption], operands: 2...2
  ) { context in
    let stack = try context.stack()
    let account = try context.account()
    let (action, resource) = (context.arguments.operands[0], context.arguments.operands[1])
    guard action.split(separator: ":").count == 2 else {
      throw UsageError("podid can: \"\(action)\" is no action such as s3:GetObject")
    }
    let aws = try context.aws(stack)
    let lookup = AssociationLookup(
      account: account, stack: stack, aws: aws, kubernetes: try context.kubernetes(stack))
    guard let association = try await lookup.association(),
      let role = try await RoleLookup.find(
        arn: association["targetRoleArn"]?.string ?? association["roleArn"]?.string ?? "",
        aws: aws)
    else {
      throw CommandFailure(
        "\(account.text) has no role; podid explain --service-account \(account.text) tells more")
    }
    var keys: PolicyContext = [
      "aws:PrincipalArn": [role.arn], "aws:PrincipalAccount": [stack.account],
      "aws:RequestedRegion": [stack.region], "aws:SecureTransport": ["false"],
      "aws:CurrentTime": [context.clock.now.rfc3339],
    ]
    for (key, value) in PodKeys.tags(account, pod: "POD", uid: "UID", stack: stack) {
      keys["aws:PrincipalTag/\(key)"] = [value]
    }
    let request = PolicyRequest(action: action, resource: resource, context: keys)
    let (isAllowed, reason) = Self.decide(request, role)
    if context.arguments.has("json") {
      let json: JSON = [
        "allowed": .bool(isAllowed), "role": .string(role.arn), "reason": .string(reason),
      ]
      context.print(json.text([.indented]))
    } else {
      context.print("\(context.mark(isAllowed)) \(reason)")
    }
    return isAllowed ? 0 : 1
  }

  private static func decide(
    _ request: PolicyRequest, _ role: RoleLookup
  ) -> (Bool, String) {
    let what = "\(request.action) on \(request.resource)"
    switch PolicyEvaluation(identity: role.policies).decide(request) {
    case .allowed(let statement):
      return (true, "\(role.name) may do \(what): \(statement.text)")
    case .explicitlyDenied(let statement, _):
      return (false, "\(role.name) may not do \(what): \(statement.text) denies it")
    case .implicitlyDenied:
      let traces = PolicyEvaluation.trace(role.policies, request).map {
        "\($0.reference.text): \($0.mismatch ?? "it applies")"
      }
      let list = traces.isEmpty ? "it has no policy" : traces.joined(separator: "; ")
      return (false, "\(role.name) may not do \(what), for nothing allows it: \(list)")
    }
  }
}
