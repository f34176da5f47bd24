import JSON
import Platform

/// A stack that something else started, such as docker compose, described by variables.
///
/// `PODID_STACK_KUBECONFIG` says that there is one. What the servers are told by variables of
/// theirs (region, account, cluster, node, keys) is read from the same ones.
struct StackVariables: Sendable {
  private let environment: ProcessEnvironment
  private let kubeconfig: String

  /// The variables; nil where they describe no stack.
  init?(_ environment: ProcessEnvironment) {
    guard let file = environment["PODID_STACK_KUBECONFIG"], !file.isEmpty else { return nil }
    self.environment = environment
    kubeconfig = file
  }

  private func value(_ name: String, _ fallback: String) -> JSON {
    .string(environment[name].flatMap { $0.isEmpty ? nil : $0 } ?? fallback)
  }

  /// The stack; its server's URL and authority are in the kubeconfig.
  func info() throws(CommandFailure) -> StackInfo {
    let token: String
    let server: String
    do {
      let config = try JSON.parse(try SafeFile.read(kubeconfig, limit: 1 << 20))
      server = config["clusters"]?[0]?.at("cluster", "server")?.string ?? ""
      let file = environment["PODID_STACK_ADMIN_TOKEN_FILE"] ?? ""
      token = try SafeFile.readText(file, limit: 4096).filter { !$0.isWhitespace }
    } catch { throw CommandFailure("the stack of PODID_STACK_KUBECONFIG: \(error)") }
    let json: JSON = [
      "version": 1, "cluster": value("PODID_KUBERNETES_API_CLUSTER_NAME", "local"),
      "region": value("PODID_AWS_API_REGION", "us-east-1"),
      "account": value("PODID_AWS_API_ACCOUNT", "111122223333"),
      "node": value("PODID_NODE_AGENT_NODE_NAME", "local-node"), "state": "",
      "adminToken": .string(token),
      "kubernetes": [
        "url": .string(server), "kubeconfig": .string(kubeconfig),
        "admin": value("PODID_STACK_KUBERNETES_ADMIN", "http://127.0.0.1:4581"),
      ],
      "aws": [
        "url": value("PODID_STACK_AWS_URL", "http://127.0.0.1:4577"),
        "admin": value("PODID_STACK_AWS_ADMIN", "http://127.0.0.1:4582"),
        "accessKeyId": value("PODID_NODE_AGENT_AWS_ACCESS_KEY_ID", "test"),
        "secretAccessKey": value("PODID_NODE_AGENT_AWS_SECRET_ACCESS_KEY", "test"),
      ],
      "s3": ["url": value("PODID_STACK_S3_URL", "http://127.0.0.1:4578")],
      "agent": [
        "url": value("PODID_STACK_AGENT_URL", "http://169.254.170.23/v1/credentials"),
        "admin": value("PODID_STACK_AGENT_ADMIN", "http://127.0.0.1:4583"), "pods": "",
      ],
    ]
    var info = try StackInfo(json: json, path: "PODID_STACK_KUBECONFIG")
    info.isOwn = false
    return info
  }
}
