import Glibc
import JSON
import KubernetesClient
import Platform

extension Command {
  static let down = Command(
    name: "down", usage: "[--stack FILE]", summary: "stop a stack", options: [stackOption]
  ) { context in
    let stack = try context.stack()
    guard stack.isOwn else {
      throw CommandFailure("this stack is stopped by what started it: docker compose down")
    }
    let admins = context.admins(stack)
    var stopped: [Int32] = []
    for admin in admins {
      // A pid from a file is signalled only where its server says that it is its own.
      guard let health = await admin.health(), health.pid == admin.server.pid,
        health.service == admin.server.service
      else { continue }
      kill(admin.server.pid, SIGTERM)
      stopped.append(admin.server.pid)
    }
    guard !stopped.isEmpty else {
      unlink(stack.path)
      throw CommandFailure("the stack of \(stack.path) is not running; the file is removed")
    }
    var silence = 0
    for _ in 0..<300 {
      let isRunning = stopped.contains(where: ProcessState.runs)
      silence = isRunning ? 0 : silence + 1
      // Where the supervisor was killed, nobody else removes its file.
      if silence == 60 { unlink(stack.path) }
      if !isRunning, !SafeFile.exists(stack.path) {
        context.print("The stack is down.")
        return 0
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw CommandFailure("the stack does not stop; see \(stack.state)/logs")
  }

  static let status = Command(
    name: "status", usage: "[--stack FILE] [--json]",
    summary: "show what runs, with the health of each hop", options: [stackOption, jsonOption]
  ) { context in
    let stack = try context.stack()
    var rows: [(name: String, url: String, problem: String?)] = []
    let urls = [stack.kubernetesURL, stack.awsURL, stack.agentURL]
    for (admin, url) in zip(context.admins(stack), urls) {
      let health = await admin.health()
      let problem: String? =
        health == nil
        ? "not running"
        : !stack.isOwn || health?.pid == admin.server.pid ? nil : "another process answers"
      rows.append((admin.server.service, url, problem))
    }
    var tokenProblem: String?
    do { _ = try await context.aws(stack).rest("eks", "GET", "/clusters/\(stack.cluster)") } catch {
      tokenProblem = "\(error)"
    }
    rows.append(("EKS answers for the cluster", stack.awsURL, tokenProblem))
    var nodeProblem: String?
    do {
      let node = NodeReadiness(kubernetes: try context.kubernetes(stack), node: stack.node)
      if try await !node.isReady() { nodeProblem = "not Ready" }
    } catch { nodeProblem = "\(error)" }
    rows.append(("node \(stack.node) is registered", stack.kubernetesURL, nodeProblem))
    if context.arguments.has("json") {
      let json = JSON.array(
        rows.map {
          [
            "hop": .string($0.name), "url": .string($0.url), "healthy": .bool($0.problem == nil),
            "problem": $0.problem.map(JSON.string) ?? .null,
          ]
        })
      context.print(json.text([.indented]))
    } else {
      for row in rows {
        let padding = String(repeating: " ", count: max(1, 32 - row.name.count))
        let problem = row.problem.map { "  \($0)" } ?? ""
        context.print(
          "\(context.mark(row.problem == nil)) \(row.name)\(padding)\(row.url)\(problem)")
      }
    }
    return rows.allSatisfy { $0.problem == nil } ? 0 : 1
  }

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

  static let kubeconfig = Command(
    name: "kubeconfig", usage: "[--server URL] [--stack FILE]",
    summary: "print the administrator's kubeconfig",
    options: [Option("server", "URL", "the server to name in it"), stackOption]
  ) { context in
    let stack = try context.stack()
    var json = try JSON.parse(try SafeFile.read(stack.kubeconfig, limit: 1 << 20))
    if let server = context.arguments["server"], var config = json.object,
      var cluster = json["clusters"]?[0]?.object, var inner = cluster["cluster"]?.object
    {
      inner["server"] = .string(server)
      cluster["cluster"] = .object(inner)
      config["clusters"] = [.object(cluster)]
      json = .object(config)
    }
    context.print(json.text([.indented]))
    return 0
  }

  static let version = Command(
    name: "version", usage: "", summary: "print the version"
  ) { context in
    context.print("podid \(Version.current)")
    return 0
  }
}
