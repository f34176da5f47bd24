import JSON
import Platform

/// Which server is started with which flags, and what the stack file will say.
struct StackPlan: Sendable {
  let state: String
  let addresses: [String: HostPort]
  let isLinkLocal: Bool
  let cluster: String
  let region: String
  let account: String
  let node: String
  let issuer: String
  let rootKeys: (id: String, secret: String)

  /// A plan for addresses without port 0; `issuer` is the one kept in state, if there is one.
  init(
    state: String, addresses: [String: HostPort], isLinkLocal: Bool,
    environment: ProcessEnvironment, keptIssuer: String?, rootKeys: (id: String, secret: String)
  ) {
    self.state = state
    self.addresses = addresses
    self.isLinkLocal = isLinkLocal
    cluster = environment["PODID_KUBERNETES_API_CLUSTER_NAME"] ?? "local"
    region = environment["PODID_AWS_API_REGION"] ?? "us-east-1"
    account = environment["PODID_AWS_API_ACCOUNT"] ?? "111122223333"
    node = environment["PODID_NODE_AGENT_NODE_NAME"] ?? "local-node"
    self.rootKeys = rootKeys
    issuer =
      keptIssuer ?? environment["PODID_KUBERNETES_API_ISSUER"]
      ?? "https://\(Self.place(addresses["kubernetes"]))"
  }

  /// Where clients on this machine find a listener: a wildcard address is reached by loopback.
  private static func place(_ address: HostPort?) -> String {
    guard var address else { return "" }
    if address.host == "0.0.0.0" { address.host = "127.0.0.1" }
    if address.host == "::" { address.host = "::1" }
    return address.text
  }

  private func url(_ name: String, _ scheme: String = "http") -> String {
    "\(scheme)://\(Self.place(addresses[name]))"
  }

  /// The command line of a server, without the program itself.
  func flags(of service: String) -> [String] {
    func listen(_ name: String) -> String { addresses[name]?.text ?? "" }
    let key = String(service.prefix { $0 != "-" })
    let name = key == "node" ? "agent" : key
    let common = [
      "--listen", listen(name), "--admin-listen", listen("\(name)-admin"), "--state", state,
      "--admin-token-file", "\(state)/admin.token",
    ]
    switch service {
    case "kubernetes-api":
      var flags =
        common + [
          "--aws-endpoint", url("aws"), "--cluster-name", cluster, "--region", region,
          "--account", account,
        ]
      if Self.place(addresses["kubernetes"]) != listen("kubernetes") {
        flags += ["--advertise", url("kubernetes", "https")]
      }
      return flags
    case "aws-api":
      let jwks = "\(url("kubernetes", "https"))/openid/v1/jwks"
      return common + [
        "--s3-listen", listen("s3"), "--region", region, "--account", account, "--cluster",
        "\(cluster)=\(issuer),jwks=\(jwks),ca=\(state)/kubernetes-api/ca.crt",
      ]
    default:
      return common + [
        "--probe-listen", listen("probe"), "--metrics-listen", listen("metrics"),
        "--kubeconfig", "\(state)/kubernetes-api/node/kubeconfig", "--aws-endpoint", url("aws"),
        "--cluster-name", cluster, "--region", region, "--node-name", node, "--pods",
        "\(state)/pods",
      ] + (isLinkLocal ? ["--link-local"] : [])
    }
  }

  /// The stack file's content.
  func json(token: String, pids: [String: Int32]) -> JSON {
    func pid(_ service: String) -> JSON { .integer(Int64(pids[service] ?? 0)) }
    return [
      "version": 1, "cluster": .string(cluster), "region": .string(region),
      "account": .string(account), "node": .string(node), "state": .string(state),
      "adminToken": .string(token),
      "kubernetes": [
        "url": .string(url("kubernetes", "https")), "admin": .string(url("kubernetes-admin")),
        "kubeconfig": .string("\(state)/kubernetes-api/admin/kubeconfig"),
        "ca": .string("\(state)/kubernetes-api/ca.crt"), "issuer": .string(issuer),
        "pid": pid("kubernetes-api"),
      ],
      "aws": [
        "url": .string(url("aws")), "admin": .string(url("aws-admin")),
        "accessKeyId": .string(rootKeys.id), "secretAccessKey": .string(rootKeys.secret),
        "pid": pid("aws-api"),
      ],
      "s3": ["url": .string(url("s3")), "pid": pid("aws-api")],
      "agent": [
        "url": .string("\(url("agent"))/v1/credentials"), "probe": .string(url("probe")),
        "metrics": .string(url("metrics")), "admin": .string(url("agent-admin")),
        "pods": .string("\(state)/pods"), "pid": pid("node-agent"),
      ],
    ]
  }
}
