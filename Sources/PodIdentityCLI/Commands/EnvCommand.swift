import KubernetesClient
import Platform

extension Command {
  static let env = Command(
    name: "env", usage: "[--service-account [NS/]NAME] [--format shell|dotenv|json] [--delete]",
    summary: "print that environment for a shell or another tool",
    options: [
      accountOption, Option("format", "FORMAT", "shell, dotenv or json (default shell)"),
      Option("delete", nil, "remove the pod that an earlier call made"), stackOption,
    ]
  ) { context in
    let stack = try context.stack()
    let format = context.arguments["format"] ?? "shell"
    guard let style = EnvironmentText(rawValue: format) else {
      throw UsageError("podid env: --format must be shell, dotenv or json, not \"\(format)\"")
    }
    guard context.arguments["service-account"] != nil else {
      let all = ProcessVariables(stack: stack)
      var shown = all.endpoints(noProxy: context.environment.variables)
      shown.append(("AWS_ACCESS_KEY_ID", stack.accessKeyID))
      shown.append(("AWS_SECRET_ACCESS_KEY", stack.secretAccessKey))
      context.print(style.text(shown))
      return 0
    }
    let account = try context.account()
    // One pod for each account, so that a second call finds it.
    let name = "podid-env-\(account.name)"
    if context.arguments.has("delete") {
      _ = try await context.kubernetes(stack).delete(
        ObjectPath.core("pods", in: account.namespace, name))
      return 0
    }
    let session = try await PodSession.open(account, pod: name, stack: stack, context: context)
    let environment = try await session.environment(over: [:], stack: stack)
    if style == .shell {
      // What an earlier `podid env` exported, such as the root's keys, would win over the pod's.
      let hidden = ProcessVariables.hidden.filter { environment[$0] == nil }
      context.print("unset \(hidden.sorted().joined(separator: " "))")
    }
    context.print(style.text(environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    return 0
  }
}

/// The forms in which variables are printed.
enum EnvironmentText: String {
  case shell, dotenv, json

  /// The variables, a line each, or an object.
  func text(_ variables: [(String, String)]) -> String {
    switch self {
    case .shell:
      variables.map { "export \($0.0)='\($0.1.replacing("'", with: "'\\''"))'" }
        .joined(separator: "\n")
    case .dotenv:
      variables.map { name, value in
        let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\(name)=\"\(escaped)\""
      }.joined(separator: "\n")
    case .json:
      JSONObjectText.text(variables)
    }
  }
}
