import CommandCore
import JSON
import KubernetesClient
import Platform
import PodIdentity

extension Command {
  static let reset = Command(
    name: "reset", usage: "[--seed DIR]... [--stack FILE]",
    summary: "forget all state, new keys, and the seed again that podid up was given",
    options: [seedOption, stackOption]
  ) { context in
    let old = try context.stack()
    let given = context.arguments.all("seed")
    let choice = try SeedChoice(given.isEmpty ? old.seeds : given, context.environment)
    let seeds = try choice.paths.map { try SeedFolder(path: $0, account: old.account) }
    for admin in context.admins(old) { _ = try await admin.send("POST", "/reset") }
    let stack = try old.withRenewedKey(context)
    if stack.isOwn, stack.entry != nil {
      let seal = StateSeal(stack.state, context.environment)
      try seal.write()
      await seal.complete()
    }
    // Shells that have it go on being the administrator's.
    if stack.isOwn { _ = try context.handedKubeconfig(stack) }
    var report = SeedReport()
    for seed in seeds { try await apply(seed, to: stack, context, &report) }
    await NodeReadiness(kubernetes: try context.kubernetes(stack), node: stack.node).wait()
    context.print("The stack is as new. Seed: \(report.summary) (\(choice.text)).")
    return 0
  }

  static let seed = Command(
    name: "seed", usage: "DIR [--stack FILE]", summary: "apply a seed folder",
    options: [stackOption], operands: 1...1
  ) { context in
    let stack = try context.stack()
    var report = SeedReport()
    try await apply(
      try SeedFolder(path: context.arguments.operands[0], account: stack.account), to: stack,
      context, &report)
    for admin in context.admins(stack) where admin.isOf(.nodeAgent) {
      // An agent that does not run yet has nothing cached.
      let isThere = await admin.health(timeout: .milliseconds(500)) != nil
      if isThere { _ = try await admin.send("POST", "/flush") }
    }
    for line in report.lines { context.print("\(line.outcome.rawValue)  \(line.what)") }
    if report.lines.isEmpty {
      context.warn(
        "podid: nothing is in \(context.arguments.operands[0]): a seed holds kubernetes/, aws/, s3/ "
          + "and faults.yaml")
    }
    return 0
  }

  private static func apply(
    _ seed: SeedFolder, to stack: StackInfo, _ context: CommandContext,
    _ report: inout SeedReport
  ) async throws {
    try await SeedApplier(seed, to: stack, context.access).apply(into: &report)
  }
}
