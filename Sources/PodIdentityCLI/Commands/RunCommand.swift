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
      session.warnWithoutIdentity(account, context)
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
}
