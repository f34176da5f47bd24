import JSON
import KubernetesClient

extension Command {
  static let reset = Command(
    name: "reset", usage: "[--seed DIR]... [--stack FILE]",
    summary: "forget all state, new keys, seed again", options: [seedOption, stackOption]
  ) { context in
    let stack = try context.stack()
    let seeds = try seedFolders(context)
    for admin in context.admins(stack) { _ = try await admin.send("POST", "/reset") }
    var report = SeedReport()
    for seed in seeds { try await apply(seed, to: stack, context, &report) }
    await NodeReadiness(kubernetes: try context.kubernetes(stack), node: stack.node).wait()
    context.print("The stack is as new. Seed: \(report.summary).")
    return 0
  }

  static let seed = Command(
    name: "seed", usage: "DIR [--stack FILE]", summary: "apply a seed folder",
    options: [stackOption], operands: 1...1
  ) { context in
    let stack = try context.stack()
    var report = SeedReport()
    try await apply(
      try SeedFolder(path: context.arguments.operands[0]), to: stack, context, &report)
    for admin in context.admins(stack) where admin.server.service == "node-agent" {
      // An agent that does not run yet has nothing cached.
      let isThere = await admin.health(timeout: .milliseconds(500)) != nil
      if isThere { _ = try await admin.send("POST", "/flush") }
    }
    for line in report.lines { context.print("\(line.outcome.rawValue)  \(line.what)") }
    return 0
  }

  private static func seedFolders(_ context: CommandContext) throws -> [SeedFolder] {
    let given = context.arguments.all("seed")
    let paths = given.isEmpty ? [try SeedFinder.standard(context.environment)] : given
    return try paths.map { try SeedFolder(path: $0) }
  }

  private static func apply(
    _ seed: SeedFolder, to stack: StackInfo, _ context: CommandContext,
    _ report: inout SeedReport
  ) async throws {
    try await SeedApplier(
      seed: seed, kubernetes: try context.kubernetes(stack), aws: try context.aws(stack),
      stack: stack, admins: context.admins(stack)
    ).apply(into: &report)
  }
}
