import CommandCore
import JSON
import KubernetesClient
import Platform
import PodIdentity

extension Command {
  static let env = Command(
    name: "env",
    usage: "[--service-account [NS/]NAME [--pod NAME]] [--format shell|dotenv|json] "
      + "[--delete|--unset]",
    summary: "print that environment for a shell or another tool",
    options: [
      accountOption, Option("format", "FORMAT", "shell, dotenv or json (default shell)"),
      Option("pod", "NAME", "the pod's name; one that exists is used (default podid-env-ACCOUNT)"),
      podVariableOption,
      Option("delete", nil, "remove the pod that an earlier call made"),
      Option("unset", nil, "print what takes it back in a shell"), stackOption,
    ]
  ) { context in
    if context.arguments.has("unset") { return unset(context) }
    let stack = try context.stack()
    let format = context.arguments["format"] ?? "shell"
    guard let style = EnvironmentText(format) else {
      throw UsageError("podid env: --format must be shell, dotenv or json, not \"\(format)\"")
    }
    guard context.arguments["service-account"] != nil else {
      let all = try ProcessVariables(stack: stack, context)
      var shown = all.endpoints(noProxy: context.environment.variables)
      shown.append(("AWS_ACCESS_KEY_ID", stack.accessKeyID))
      shown.append(("AWS_SECRET_ACCESS_KEY", stack.secretAccessKey))
      if let host = HostView(context.environment) { shown = host.variables(shown) }
      warn(of: shown, style, format, context)
      style.print(text(shown, style, context))
      return 0
    }
    let account = try context.account()
    // One pod for each account, so that a second call finds it.
    let name = context.arguments["pod"] ?? "podid-env-\(account.name)"
    if context.arguments.has("delete") {
      try await EnvPod(account: account, name: name).delete(context.kubernetes(stack))
      return 0
    }
    let session = try await PodSession.open(account, pod: name, stack: stack, context.access)
    let environment = try await session.environment(over: [:], stack: stack, context: context)
    var shown = environment.sorted { $0.key < $1.key }.map { ($0.key.string, $0.value) }
    if let host = HostView(context.environment) {
      // A host that runs the stack in containers cannot read the pod's file.
      let token =
        host.hasAgent && session.hasIdentity
        ? try await PodToken.request(
          for: session.pod, audience: PodIdentityService.name, seconds: 86_400,
          context.kubernetes(stack)) : nil
      shown = host.variables(shown, token: token?.text)
    }
    warn(of: shown, style, format, context)
    style.print(text(shown, style, context))
    return 0
  }

  /// The variables in a form; what a shell needs beside them as well.
  private static func text(
    _ shown: [(String, String)], _ style: EnvironmentText, _ context: CommandContext
  ) -> String {
    // What is exported already, such as another role's keys, would win over these.
    guard style == .shell else { return style.text(shown) }
    // A container does not see the shell of its host.
    let host = HostView(context.environment) == nil ? [] : [HostView.token, HostView.tokenFile]
    return ShellTake(context.environment).text(shown, hiding: host)
  }

  private static func unset(_ context: CommandContext) -> Int32 {
    let style = EnvironmentText.shell
    if let text = ShellTake(context.environment).undone() {
      style.print(text)
    } else {
      context.warn("podid: this shell has nothing of podid env")
    }
    return 0
  }

  /// Says which variables the form leaves out.
  private static func warn(
    of variables: [(String, String)], _ style: EnvironmentText, _ format: String,
    _ context: CommandContext
  ) {
    for line in leftOut(of: variables, style, format) { context.warn(line) }
  }

  /// What is said of the variables that the form leaves out.
  static func leftOut(
    of variables: [(String, String)], _ style: EnvironmentText, _ format: String
  ) -> [PrintedLine] {
    var lines: [PrintedLine] = []
    let unnamed = variables.map(\.0).filter { !style.canName($0) && !isShells($0, style) }
    if !unnamed.isEmpty {
      lines.append(
        "podid: no names of variables in the form \(format), so left out: "
          + "\(PodVariables.list(unnamed))")
    }
    let shells = variables.map(\.0).filter { isShells($0, style) }
    if !shells.isEmpty {
      lines.append(
        "podid: names that shells keep for themselves (podid run has them), so left out: "
          + "\(PodVariables.list(shells))")
    }
    let unsaid = variables.filter { style.canName($0.0) && !style.canSay($0.1) }.map(\.0)
    if !unsaid.isEmpty {
      lines.append(
        "podid: their values would not be read as they are in the form \(format) (json has them), "
          + "so left out: \(PodVariables.list(unsaid))")
    }
    return lines
  }

  private static func isShells(_ name: String, _ style: EnvironmentText) -> Bool {
    style == .shell && ShellNames.areTaken(name)
  }
}
