import CommandCore

extension Command {
  static let run = Command(
    name: "run", usage: "--service-account [NS/]NAME [--pod NAME] [--pod-env NAME]... -- CMD...",
    summary: "run a process as if in a pod of a ServiceAccount",
    options: [
      accountOption, Option("pod", "NAME", "the pod's name; one that exists is used and kept"),
      podVariableOption, stackOption,
    ], takesCommand: true, endsBySignal: false
  ) { context in
    let account = try context.account()
    let stack = try context.stack()
    SignalWatch.course = .orderly
    let pod = context.arguments["pod"]
    return try await PodSession.run(as: account, pod: pod, stack: stack, context: context) {
      try await Foreground.run(context.arguments.command, environment: $0)
    }
  }
}
