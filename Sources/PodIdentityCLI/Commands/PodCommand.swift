import KubernetesClient
import Platform

extension Command {
  /// In containers, flags come as variables.
  private static let variables = [
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
    ]
  ) { context in
    func value(_ flag: String) -> String? {
      context.arguments[flag]
        ?? variables[flag].flatMap { context.environment[$0] }.flatMap { $0.isEmpty ? nil : $0 }
    }
    guard let folder = value("into").map(StackOptions.absolute) else {
      throw UsageError("podid pod: --into DIR is needed")
    }
    if context.arguments.has("check") {
      guard let reason = PodFolder(path: folder).problem() else { return 0 }
      context.warn("podid pod: \(reason)")
      return 1
    }
    guard let account = value("service-account") else {
      throw UsageError("podid pod: --service-account [NS/]NAME is needed")
    }
    let file = value("kubeconfig")
    let stack = file == nil ? try context.stack() : nil
    let holder = try PodHolder(
      account: AccountName(account), name: value("name"), folder: PodFolder(path: folder),
      node: stack?.node ?? context.environment["PODID_NODE_AGENT_NODE_NAME"] ?? "local-node",
      kubeconfig: file ?? stack?.kubeconfig ?? "", context: context)
    return try await holder.run()
  }
}
