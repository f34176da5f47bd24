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
      context.print("\(context.mark(step.isGood)) \(padded(step.hop))\(visible(step.text))")
      if let mend = step.mend { show(mend, context) }
    }
    for warning in explainer.warnings {
      context.print("! \(padded(warning.hop))\(visible(warning.text))")
      if let mend = warning.mend { show(mend, context) }
    }
    return isWell ? 0 : 1
  }

  /// The text without what could steer a terminal: much of it was written by others.
  private static func visible(_ text: String) -> String {
    String(
      text.unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: " "
        default: Character(scalar)
        }
      })
  }

  private static func padded(_ hop: String) -> String {
    hop + String(repeating: " ", count: max(1, 17 - hop.count))
  }

  private static func show(_ mend: String, _ context: CommandContext) {
    context.print("  mend it: \(visible(mend))")
    if mend.contains("aws ") || mend.contains("kubectl ") {
      context.print("  (in a shell with: eval \"$(podid env)\")")
    }
  }
}
