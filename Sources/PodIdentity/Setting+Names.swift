package import Platform

/// The rows that say what a stack is, in the tables of several servers.
extension Setting {
  /// `--cluster-name`.
  package static let clusterName = Setting(
    "cluster-name", .form(.clusterName), default: StackDefaults.cluster, "the cluster's name")

  /// `--node-name`; `help` says what the server needs it for.
  package static func nodeName(_ help: String) -> Setting {
    Setting("node-name", .form(.nodeName), default: StackDefaults.node, help)
  }

  /// `--region`; `help` says what the server needs it for.
  package static func region(_ help: String) -> Setting {
    Setting("region", .form(.region), default: StackDefaults.region, help)
  }

  /// `--account`; `help` says what the server needs it for.
  package static func account(_ help: String) -> Setting {
    Setting("account", .form(.account), default: StackDefaults.account, help)
  }
}
