import CommandCore
import Explain
import JSON
import Platform

extension Command {
  static let explain = Command(
    name: "explain", usage: "--service-account [NS/]NAME [--pod NAME] [--json]",
    summary: "walk the hops of a ServiceAccount's identity, and say what mends it",
    options: [
      accountOption, Option("pod", "NAME", "look at this existing pod as well"), jsonOption,
      stackOption,
    ], endsBySignal: false
  ) { context in
    let account = try context.account()
    let stack = try context.stack()
    SignalWatch.course = .orderly
    return try await SignalWatch.exitCode { try await explain(account, stack, context) }
  }

  private static func explain(
    _ account: AccountName, _ stack: StackInfo, _ context: CommandContext
  ) async throws -> Int32 {
    var explainer = try Explainer(
      account, pod: context.arguments["pod"], stack: stack, context.access)
    let isWell = await explainer.run()
    // What a signal cut short tells nothing.
    try Task.checkCancellation()
    if context.arguments.has("json") {
      let json: JSON = [
        "ok": .bool(isWell), "steps": .array(explainer.steps.map(\.json)),
        "warnings": .array(explainer.warnings.map(\.json)),
      ]
      context.print(lines: json.text([.indented]))
      return isWell ? 0 : 1
    }
    for step in explainer.steps {
      context.print("\(context.mark(step.isGood)) \(padded(step.hop))\(step.text)")
      if let mend = step.mend { show(mend, context) }
    }
    for warning in explainer.warnings {
      context.print("! \(padded(warning.hop))\(warning.text)")
      if let mend = warning.mend { show(mend, context) }
    }
    return isWell ? 0 : 1
  }

  private static func padded(_ hop: String) -> String {
    hop + String(repeating: " ", count: max(1, 17 - hop.count))
  }

  private static func show(_ mend: MendCommand, _ context: CommandContext) {
    context.print("  mend it: \(mend.text)")
    if mend.needsEnvironment {
      context.print("  (in a shell with: eval \"$(podid env)\")")
    }
  }
}
