import JSON

extension Command {
  static let explain = Command(
    name: "explain", usage: "--service-account [NS/]NAME [--pod NAME] [--json]",
    summary: "walk the hops of a ServiceAccount's identity, and say what mends it",
    options: [
      accountOption, Option("pod", "NAME", "look at this existing pod as well"), jsonOption,
      stackOption,
    ]
  ) { context in
    var explainer = try Explainer(
      try context.account(), pod: context.arguments["pod"], stack: try context.stack(),
      context: context)
    let isWell = await explainer.run()
    if context.arguments.has("json") {
      let json: JSON = [
        "ok": .bool(isWell), "steps": .array(explainer.steps.map(\.json)),
        "warnings": .array(explainer.warnings.map(\.json)),
      ]
      context.print(json.text([.indented]))
      return isWell ? 0 : 1
    }
    for step in explainer.steps {
      let text = padded(step.hop) + TerminalText.visible(step.text)
      context.print("\(context.mark(step.isGood)) \(text)")
      if let mend = step.mend { show(mend, context) }
    }
    for warning in explainer.warnings {
      context.print("! \(padded(warning.hop))\(TerminalText.visible(warning.text))")
      if let mend = warning.mend { show(mend, context) }
    }
    return isWell ? 0 : 1
  }

  private static func padded(_ hop: String) -> String {
    hop + String(repeating: " ", count: max(1, 17 - hop.count))
  }

  private static func show(_ mend: String, _ context: CommandContext) {
    context.print("  mend it: \(TerminalText.visible(mend))")
    if mend.contains("aws ") || mend.contains("kubectl ") {
      context.print("  (in a shell with: eval \"$(podid env)\")")
    }
  }
}
