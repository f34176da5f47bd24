import CommandCore
import JSON
import KubernetesClient
import Platform

extension Command {
  static let token = Command(
    name: "token", usage: "[NS/]POD [--path FILE] [--json]",
    summary: "show the token in a pod, decoded and without its signature",
    options: [
      Option("path", "FILE", "where the pod has the token (default: the one of Pod Identity)"),
      jsonOption, stackOption,
    ], operands: 1...1
  ) { context in
    let name = try AccountName(context.arguments.operands[0], of: "pod")
    let stack = try context.stack()
    let pod = try await context.kubernetes(stack).get(
      ObjectPath.core("pods", in: name.namespace, name.name))
    let text = try PodTokenFile.read(
      of: pod, at: context.arguments["path"] ?? ProcessVariables.tokenFile, stack)
    let report = try TokenReport(
      text, issuer: stack.json.at("kubernetes", "issuer")?.string,
      now: await ClockOffsets.now(context.admins(stack), context.clock))
    if context.arguments.has("json") {
      context.print(lines: report.json.text([.indented]))
      return 0
    }
    for line in report.lines { context.print(line) }
    context.print(lines: "header: \(report.header.text([.indented]))")
    context.print(lines: "claims: \(report.claims.text([.indented]))")
    return 0
  }
}
