import AWSWire
import JSON
import Platform

/// Which server is started with which flags, and what the stack file will say.
struct StackPlan: Sendable {
  /// The random id of the stack, by which the user's register knows it.
  let id: String
  let state: String
  let addresses: [ByteText: HostPort]
  let isLinkLocal: Bool
  let names: StackNames
  let issuer: String
  /// aws-api's `--root-credentials`: `test` or `random`.
  let rootCredentials: String
  /// aws-api's `--credential-lifetime`; nil for its default.
  let credentialLifetime: String?

  /// A plan for addresses without port 0; `issuer` is the one kept in state, if there is one.
  init(
    id: String, state: String, addresses: [ByteText: HostPort], isLinkLocal: Bool,
    credentialLifetime: String? = nil, environment: ProcessEnvironment, keptIssuer: String?
  ) {
    self.id = id
    self.state = state
    self.addresses = addresses
    self.isLinkLocal = isLinkLocal
    self.credentialLifetime = credentialLifetime
    names = StackNames(environment)
    let listeners: [ByteText] = ["aws", "s3", "aws-admin"]
    let isLocal = listeners.allSatisfy { addresses[$0]?.isLoopback ?? true }
    rootCredentials =
      environment.said("PODID_AWS_API_ROOT_CREDENTIALS")
      ?? (isLocal ? "test" : "random")
    issuer =
      keptIssuer
      ?? environment.said("PODID_KUBERNETES_API_ISSUER")
      ?? "https://\(Self.place(addresses["kubernetes"]))"
  }

  /// Where clients on this machine find a listener: a wildcard address is reached by loopback.
  private static func place(_ address: HostPort?) -> String {
    guard var address else { return "" }
    if address.host.bytes == "0.0.0.0" { address.host = "127.0.0.1" }
    if address.host.bytes == "::" { address.host = "::1" }
    return address.text
  }

  private func url(_ name: String, _ scheme: String = "http") -> String {
    "\(scheme)://\(Self.place(addresses[name.bytes]))"
  }

  /// The command line of a server, without the program itself.
  func flags(of service: String) -> [String] {
    func listen(_ name: String) -> String { addresses[name.bytes]?.text ?? "" }
    let key = service.bytes.cut(at: "-").0
    let name = key.bytes == "node" ? "agent" : String(key)
    let common = [
      "--listen", listen(name), "--admin-listen", listen("\(name)-admin"), "--state", state,
      "--admin-token-file", "\(state)/admin.token",
    ]
    switch service.bytes {
    case "kubernetes-api":
      var flags =
        common + [
          "--aws-endpoint", url("aws"), "--cluster-name", names.cluster, "--region",
          names.region, "--account", names.account, "--node-name", names.node,
        ]
      if Self.place(addresses["kubernetes"]).bytes != listen("kubernetes").bytes {
        flags += ["--advertise", url("kubernetes", "https")]
      }
      return flags
    case "aws-api":
      let jwks = "\(url("kubernetes", "https"))/openid/v1/jwks"
      return common + [
        "--s3-listen", listen("s3"), "--region", names.region, "--account", names.account,
        "--cluster", "\(names.cluster)=\(issuer),jwks=\(jwks),ca=\(state)/kubernetes-api/ca.crt",
        "--root-credentials", rootCredentials,
      ] + (credentialLifetime.map { ["--credential-lifetime", $0] } ?? [])
    default:
      return common + [
        "--probe-listen", listen("probe"), "--metrics-listen", listen("metrics"),
        "--kubeconfig", "\(state)/kubernetes-api/node/kubeconfig", "--aws-endpoint", url("aws"),
        "--cluster-name", names.cluster, "--region", names.region, "--node-name", names.node,
        "--pods", "\(state)/pods",
      ] + (isLinkLocal ? ["--link-local"] : [])
    }
  }

  /// The root's key, once aws-api is ready.
  func rootKey() throws(FileError) -> AWSCredentials {
    guard rootCredentials.bytes == "random" else {
      return AWSCredentials(accessKeyID: "test", secretAccessKey: "test")
    }
    return try AccessKeyFile.ofRoot(state: state).read()
  }

  /// The variables that say what a server signs its own calls of AWS with.
  func signingVariables() -> [ByteText: String] {
    // The keys are where podid reads them.
    var variables: [ByteText: String] = ["PODID_AWS_API_KEYS": ""]
    for (server, prefix) in [
      ("kubernetes-api", "PODID_KUBERNETES_API_AWS"), ("node-agent", "PODID_NODE_AGENT_AWS"),
    ] {
      if rootCredentials.bytes == "random" {
        variables["\(prefix)_CREDENTIALS_FILE"] =
          AccessKeyFile(of: server, in: "\(state)/aws-api").path
      } else {
        variables["\(prefix)_CREDENTIALS_FILE"] = ""
        variables["\(prefix)_ACCESS_KEY_ID"] = "test"
        variables["\(prefix)_SECRET_ACCESS_KEY"] = "test"
      }
    }
    return variables
  }

  /// The stack file's content.
  func json(
    token: String, rootKey: AWSCredentials, pids: [ByteText: Int32], seeds: [String]
  ) -> JSON {
    func pid(_ service: String) -> JSON { .integer(Int64(pids[service.bytes] ?? 0)) }
    return [
      "version": 1, "id": .string(id), "cluster": .string(names.cluster),
      "region": .string(names.region), "account": .string(names.account),
      "node": .string(names.node), "state": .string(state), "seeds": .strings(seeds),
      "adminToken": .string(token),
      "kubernetes": [
        "url": .string(url("kubernetes", "https")), "admin": .string(url("kubernetes-admin")),
        "kubeconfig": .string("\(state)/kubernetes-api/admin/kubeconfig"),
        "ca": .string("\(state)/kubernetes-api/ca.crt"), "issuer": .string(issuer),
        "pid": pid("kubernetes-api"),
      ],
      "aws": [
        "url": .string(url("aws")), "admin": .string(url("aws-admin")),
        "accessKeyId": .string(rootKey.accessKeyID),
        "secretAccessKey": .string(rootKey.secretAccessKey),
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
