import HTTP
package import JSON
package import KubernetesClient
import Platform
package import PodIdentity

/// A running stack, as its stack file describes it.
package struct StackInfo: Sendable {
  /// A server of the stack.
  package struct Server: Sendable {
    /// The server's name, such as `kubernetes-api`.
    package let service: String
    /// The member of the stack file.
    let member: String
    /// The URL of its admin port.
    package let admin: String
    /// 0 where the stack is not this machine's.
    package let pid: Int32
  }

  /// Whether this machine's processes are its servers; not so where variables describe it.
  package var isOwn = true
  /// The user's register's entry for the very bytes of the file; nil where it has none, or where
  /// there is no file.
  package var entry: StackRegister.Entry?
  /// Whether it lies in a temporary folder of this process's own, which goes with the stack.
  var isTemporary = false
  /// The stack file's content, which was checked (``StackMembers``).
  package let json: JSON
  /// The file it was read from, or will be written to.
  package let path: String

  /// A stack of this content.
  init(json: JSON, path: String) throws(CommandFailure) {
    if let objection = StackMembers.objection(to: json) {
      throw CommandFailure("\(path) cannot be used: \(objection)")
    }
    self.json = json
    self.path = path
  }

  /// The command that starts its servers again, or one of them.
  package func restart(_ server: ServerName? = nil) -> MendCommand {
    if isOwn { return .all(.podid("down"), upAgain) }
    return .shell(server.map { "docker compose up -d \($0.rawValue)" } ?? "docker compose restart")
  }

  /// Refuses a kubeconfig that sends podid elsewhere, or hands out a file that it names: that of a
  /// stack file which podid did not write may be anybody's.
  package func check(_ config: KubeConfig) throws(CommandFailure) {
    guard isOwn, entry == nil, let reason = Self.strangeness(of: config) else { return }
    throw CommandFailure("\(kubeconfig) cannot be used: \(reason)")
  }

  private static func strangeness(of config: KubeConfig) -> String? {
    guard HTTPURL(config.server)?.place.isLoopbackAddress == true else {
      return "its server is not on loopback"
    }
    if case .tokenFile = config.credential { return "its token lies in another file" }
    return nil
  }

  private func text(_ part: String, _ member: String) -> String {
    json.at(part, member)?.string ?? ""
  }

  /// What its stack file holds.
  var fileBytes: [UInt8] { Array((json.text([.indented]) + "\n").utf8) }

  /// The random id by which the user's register knows it; empty where variables describe it.
  package var id: String { json["id"]?.string ?? "" }
  /// The name of the EKS cluster.
  package var cluster: String { json["cluster"]?.string ?? "" }
  /// The AWS region, such as `us-east-1`.
  package var region: String { json["region"]?.string ?? "" }
  /// The AWS account's twelve digits.
  package var account: String { json["account"]?.string ?? "" }
  /// The name of the Node object that node-agent is.
  package var node: String { json["node"]?.string ?? "" }
  /// The state folder.
  package var state: String { json["state"]?.string ?? "" }
  /// The token of the admin ports, with which calls of the stack's own are marked too; a secret.
  package var adminToken: String { json["adminToken"]?.string ?? "" }
  /// The URL of the Kubernetes API.
  package var kubernetesURL: String { text("kubernetes", "url") }
  /// The administrator's kubeconfig, a path.
  package var kubeconfig: String { text("kubernetes", "kubeconfig") }
  /// The URL of all AWS APIs but S3's.
  package var awsURL: String { text("aws", "url") }
  /// The URL of S3.
  package var s3URL: String { text("s3", "url") }
  /// The URL that SDKs fetch credentials from, with its path.
  package var agentURL: String { text("agent", "url") }
  var probeURL: String { text("agent", "probe") }
  /// The folder that pods' volumes are written below.
  package var pods: String { text("agent", "pods") }
  /// The id of the account root's key.
  package var accessKeyID: String { text("aws", "accessKeyId") }
  /// The secret of the account root's key.
  package var secretAccessKey: String { text("aws", "secretAccessKey") }

  /// The seed folders that the user named when it was started; empty where the example was taken, or
  /// where podid did not write the file.
  package var seeds: [String] {
    entry == nil ? [] : json["seeds"]?.array?.compactMap(\.string) ?? []
  }

  /// The servers, in the order of a request's way.
  var servers: [Server] {
    [("kubernetes-api", "kubernetes"), ("aws-api", "aws"), ("node-agent", "agent")].map {
      Server(
        service: $0.0, member: $0.1, admin: text($0.1, "admin"),
        pid: ServerProgram.pid(json.at($0.1, "pid")?.integer) ?? 0)
    }
  }

  /// The folders whose programs its servers may be: this podid's, and that of the one which wrote
  /// the file.
  package var programFolders: [String] {
    [try? Executables.folder(), entry?.programs].compactMap { $0 }
  }
}
