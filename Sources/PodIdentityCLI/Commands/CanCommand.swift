import CommandCore
import Explain
import IAMPolicy
import JSON
import KubernetesClient
import Platform

extension Command {
  static let can = Command(
    name: "can",
    usage: "--service-account [NS/]NAME [--pod NAME] [--context KEY=VALUE]... ACTION RESOURCE",
    summary: "say whether a pod's credentials allow an action, and which statement says so",
    options: [
      accountOption, Option("pod", "NAME", "with the session tags of this existing pod"),
      Option(
        "context", "KEY=VALUE", isRepeatable: true,
        "a condition key of the request, such as s3:prefix=reports/"),
      jsonOption, stackOption,
    ], operands: 2...2
  ) { context in
    let stack = try context.stack()
    let account = try context.account()
    let (action, resource) = (context.arguments.operands[0], context.arguments.operands[1])
    guard action.bytes.split(separator: ":").count == 2 else {
      throw UsageError("podid can: \"\(action)\" is no action such as s3:GetObject")
    }
    guard resource.bytes == "*" || resource.bytes.hasPrefix("arn:") else {
      throw UsageError("podid can: \"\(resource)\" is no ARN such as arn:aws:s3:::bucket/key")
    }
    let given = try requestKeys(context.arguments.all("context"))
    let effective = try await effectiveRole(account, stack, context)
    var keys = effective.keys.call(as: effective.role)
    for (key, values) in given { keys[key.string] = values }
    let verdict = Verdict(
      PolicyRequest(action: action, resource: resource, context: keys), effective)
    if context.arguments.has("json") {
      var object = verdict.json.object ?? [:]
      object["role"] = .string(effective.role.arn)
      context.print(lines: JSON.object(object).text([.indented]))
    } else {
      show(verdict, context)
    }
    return verdict.decision.isAllowed ? 0 : 1
  }

  /// The keys of `--context`; a key that is given twice has two values.
  static func requestKeys(
    _ texts: [String]
  ) throws(UsageError) -> [ByteText: [String]] {
    var keys: [ByteText: [String]] = [:]
    for text in texts {
      let parts = text.bytes.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map(String.init)
      guard parts.count == 2, parts[0].bytes.contains(":") else {
        throw UsageError("podid can: --context must be KEY=VALUE, such as s3:prefix=reports/")
      }
      keys[parts[0].bytes, default: []].append(parts[1])
    }
    return keys
  }

  private static func effectiveRole(
    _ account: AccountName, _ stack: StackInfo, _ context: CommandContext
  ) async throws -> EffectiveRole {
    let aws = try context.aws(stack)
    let kubernetes = try context.kubernetes(stack)
    let lookup = AssociationLookup(
      account: account, stack: stack, aws: aws, kubernetes: kubernetes)
    guard let association = try await lookup.association(),
      let role = try await RoleLookup.find(
        arn: association["targetRoleArn"]?.string ?? association["roleArn"]?.string ?? "",
        aws: aws)
    else {
      throw CommandFailure(
        "\(account.text) has no role; \(Mend.explain(account.text)) tells more")
    }
    var keys = PodKeys(
      account: account, stack: stack,
      now: await ClockOffsets.now(context.admins(stack), context.clock),
      hasTags: association["disableSessionTags"] != true)
    if let name = context.arguments["pod"] {
      let pod = try await kubernetes.get(
        ObjectPath.core("pods", in: account.namespace, name))
      let owner = pod.at("spec", "serviceAccountName")?.string ?? ""
      guard owner.bytes == account.name.bytes else {
        throw CommandFailure(
          "pod \(account.namespace)/\(name) runs as ServiceAccount \(owner), not \(account.name)")
      }
      keys.pod = name
      keys.uid = pod.at("metadata", "uid")?.string ?? ""
    }
    return EffectiveRole(role: role, association: association, keys: keys)
  }

  private static func show(_ verdict: Verdict, _ context: CommandContext) {
    context.print("\(context.mark(verdict.decision.isAllowed)) \(verdict.reason)")
    for statement in verdict.deciding {
      if !verdict.decision.isAllowed || statement.source == .session {
        let effect = statement.effect.rawValue
        context.print(
          "  \(statement.reference.text) (\(effect)): \(statement.mismatch ?? "it applies")")
      }
      for condition in statement.conditions {
        let wanted = condition.wanted.map { "\"\($0)\"" }.joined(separator: " or ")
        let actual = condition.actual.map { $0.map { "\"\($0)\"" }.joined(separator: ", ") }
        context.print(
          "    \(context.mark(condition.holds)) \(condition.operatorName) \(condition.key) "
            + "\(wanted): the request has \(actual ?? "no such key")")
      }
    }
    if let hint = verdict.hint { context.print("  \(hint)") }
  }
}
