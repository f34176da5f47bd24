import CommandCore
import JSON
import Platform

extension Command {
  static let list = Command(
    name: "list", usage: "[--json]", summary: "show this user's running stacks",
    options: [jsonOption]
  ) { context in
    let stacks: [StackInfo]
    do { stacks = try StackRegister(context.environment).running() } catch {
      throw CommandFailure("which stacks run cannot be told: \(error)")
    }
    if context.arguments.has("json") {
      context.print(lines: JSON.array(stacks.map(json)).text([.indented]))
      return 0
    }
    if stacks.isEmpty { context.print("No stack is running.") }
    for line in stacks.flatMap(lines) { context.print(line) }
    return 0
  }

  /// A stack of the register, in lines.
  static func lines(of stack: StackInfo) -> [PrintedLine] {
    guard let entry = stack.entry else { return [] }
    let places = [
      ("state", stack.state), ("Kubernetes", stack.kubernetesURL), ("AWS", stack.awsURL),
      ("S3", stack.s3URL), ("agent", stack.agentURL),
    ]
    return ["\(stack.path)  pid \(entry.pid)  since \(entry.since)"]
      + places.map { name, value in
        let padding = String(repeating: " ", count: 12 - name.count)
        return "  \(name)\(padding)\(value)"
      }
  }

  /// A stack of the register in JSON.
  static func json(_ stack: StackInfo) -> JSON {
    [
      "stack": .string(stack.path), "state": .string(stack.state),
      "pid": .integer(Int64(stack.entry?.pid ?? 0)), "since": .string(stack.entry?.since ?? ""),
      "kubernetes": .string(stack.kubernetesURL), "aws": .string(stack.awsURL),
      "s3": .string(stack.s3URL), "agent": .string(stack.agentURL),
    ]
  }
}
