import AWSClient
import CommandCore
import Glibc
import HTTP
import JSON
import Platform

extension Command {
  static let status = Command(
    name: "status", usage: "[--stack FILE] [--json]",
    summary: "show what runs, with the health of each hop", options: [stackOption, jsonOption]
  ) { context in
    let stack = try context.stack()
    var rows: [(name: String, url: String, problem: String?)] = []
    let urls = [stack.kubernetesURL, stack.awsURL, stack.agentURL]
    var answering: [AdminClient] = []
    for (admin, url) in zip(context.admins(stack), urls) {
      let health = await admin.health()
      if health != nil { answering.append(admin) }
      let problem =
        health == nil
        ? "not running"
        : !stack.isOwn || health?.pid == admin.server.pid
          ? objection(to: admin.server, url: url, of: stack) : "another process answers"
      rows.append((admin.server.service, url, problem))
    }
    var tokenProblem: String?
    do {
      _ = try await context.aws(stack).rest("eks", "GET", EKSPath.cluster(stack.cluster))
    } catch {
      tokenProblem = "\(error)"
    }
    rows.append(("EKS answers for the cluster", stack.awsURL, tokenProblem))
    var nodeProblem: String?
    do {
      let node = NodeReadiness(kubernetes: try context.kubernetes(stack), node: stack.node)
      if let found = try await node.problem() {
        nodeProblem = found.text + (found.mend.map { "; \($0.text)" } ?? "")
      }
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
      context.print(lines: json.text([.indented]))
    } else {
      for row in rows {
        let padding = String(repeating: " ", count: max(1, 32 - row.name.count))
        let problem = row.problem.map { "  \($0)" } ?? ""
        context.print(
          "\(context.mark(row.problem == nil)) \(row.name)\(padding)\(row.url)\(problem)")
      }
      for note in await StackNotes.lines(of: stack, answering) { context.print(note) }
    }
    return rows.allSatisfy { $0.problem == nil } ? 0 : 1
  }

  /// What the kernel has against a server that answers as its stack's own: its process has ended, so
  /// that somebody else answers in its name, or its port is another user's; nil where all is well.
  private static func objection(
    to server: StackInfo.Server, url: String, of stack: StackInfo
  ) -> String? {
    // Elsewhere, numbers of processes and ports mean something else.
    guard stack.isOwn, stack.entry?.isHere ?? true else { return nil }
    if let reason = ServerProgram.objection(
      to: server.pid, service: server.service, folders: stack.programFolders)
    {
      return reason
    }
    guard let place = HTTPURL(url)?.place,
      let owner = ListeningSocket.owner(ofPort: place.port), owner != geteuid(), owner != 0
    else { return nil }
    return "its port is another user's (uid \(owner))"
  }
}
