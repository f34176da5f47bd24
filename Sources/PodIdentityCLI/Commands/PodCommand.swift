import CommandCore
import JSON
import KubernetesClient
import Platform

extension Command {
  /// In containers, flags come as variables.
  private static let variables: [ByteText: String] = [
    "service-account": "PODID_POD_SERVICE_ACCOUNT", "name": "PODID_POD_NAME",
    "into": "PODID_POD_INTO", "kubeconfig": "PODID_POD_KUBECONFIG",
  ]

  static let pod = Command(
    name: "pod", usage: "--service-account [NS/]NAME [--name POD] --into DIR",
    summary: "hold one pod: its files under DIR are kept fresh until SIGTERM",
    options: [
      Option("service-account", "[NS/]NAME", "its account (or PODID_POD_SERVICE_ACCOUNT)"),
      Option("name", "POD", "its name (or PODID_POD_NAME; default: account and host)"),
      Option("into", "DIR", "the folder for its volumes (or PODID_POD_INTO)"),
      Option("kubeconfig", "FILE", "as whom (or PODID_POD_KUBECONFIG; default: the stack's)"),
      Option("check", nil, "ask whether the pod held into DIR is Ready: exit 0 or 1"),
      stackOption,
    ], endsBySignal: false
  ) { context in
    func value(_ flag: String) -> String? {
      context.arguments[flag]
        ?? variables[flag.bytes].flatMap { context.environment.said($0) }
    }
    guard let folder = try value("into").map(StackOptions.absolute) else {
      throw UsageError("podid pod: --into DIR is needed")
    }
    if context.arguments.has("check") {
      // Its output is what the container's health check shows.
      if let reason = PodFolder(path: folder).problem() {
        context.warn("podid pod: \(reason)")
        return 1
      }
      if let note = PodFolder(path: folder).note() { context.print("\(note)") }
      return 0
    }
    guard let account = value("service-account") else {
      throw UsageError("podid pod: --service-account [NS/]NAME is needed")
    }
    let file = value("kubeconfig")
    let stack = file == nil ? try context.stack() : nil
    let kubeconfig = { @Sendable () throws(CommandFailure) -> KubeConfig in
      guard let stack else { return try KubeconfigFile(file ?? "").config() }
      return try context.kubeconfig(stack).config()
    }
    let holder = try PodHolder(
      account: AccountName(account), name: value("name"), folder: PodFolder(path: folder),
      node: stack?.node ?? StackNames(context.environment).node,
      kubeconfig: kubeconfig, context: context)
    return try await holder.run()
  }
}
