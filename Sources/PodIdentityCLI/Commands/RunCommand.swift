import Glibc
import KubernetesClient
import Platform

extension Command {
  static let run = Command(
    name: "run", usage: "--service-account [NS/]NAME [--pod NAME] -- CMD...",
    summary: "run a process as if in a pod of a ServiceAccount",
    options: [
      accountOption, Option("pod", "NAME", "the pod's name; one that exists is used and kept"),
      stackOption,
    ], takesCommand: true
  ) { context in
    let account = try context.account()
    let stack = try context.stack()
    let session = try await PodSession.open(
      account, pod: context.arguments["pod"], stack: stack, context: context)
    do {
      if !session.hasIdentity {
        context.warn(
          "podid: \(account.text) has neither an association nor the annotation, so the process "
            + "gets no credentials; podid explain --service-account \(account.text) tells more")
      }
      let environment = try await session.environment(
        over: context.environment.variables, stack: stack)
      let code = try await Foreground.run(context.arguments.command, environment: environment)
      await session.close()
      return code
    } catch {
      await session.close()
      throw error
    }
  }

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
        "/api/v1/namespaces/\(account.namespace)/pods/\(name)")
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

/// A process in the foreground.
enum Foreground {
  /// Runs a command with this environment, hands signals on, and returns its exit code.
  static func run(_ words: [String], environment: [String: String]) async throws -> Int32 {
    // One that came while the way was made for the command: it is not begun.
    if let signal = TerminationSignals.pending() { return 128 + signal }
    let process: ChildProcess
    do { process = try ChildProcess(words, environment: environment) } catch {
      // As shells have it: 127 where there is no such program.
      StandardStreams.writeError("podid: \(error)\n")
      return 127
    }
    let signals = Task {
      while !Task.isCancelled {
        let signal = await TerminationSignals.wait()
        // A terminal sends Ctrl-C to the whole foreground group, the process included.
        if signal == SIGINT, isatty(0) == 1 { continue }
        process.send(signal)
      }
    }
    let code = await process.end()
    signals.cancel()
    return code
  }
}
