import JSON
import Platform

/// A running stack, as its stack file describes it.
struct StackInfo: Sendable {
  /// A server of the stack.
  struct Server: Sendable, Hashable {
    let service: String
    /// The member of the stack file.
    let member: String
    let admin: String
    let pid: Int32
  }

  /// Whether this machine's processes are its servers; not so where variables describe it.
  var isOwn = true
  let json: JSON
  /// The file it was read from, or will be written to.
  let path: String

  /// A stack of this content.
  init(json: JSON, path: String) throws(CommandFailure) {
    guard json["version"]?.integer == 1, json["adminToken"]?.string != nil,
      json.at("kubernetes", "kubeconfig")?.string != nil, json.at("aws", "url")?.string != nil,
      json.at("agent", "url")?.string != nil
    else { throw CommandFailure("\(path) is not a stack file of this version") }
    self.json = json
    self.path = path
  }

  /// The command that starts its servers again, or one of them.
  func restart(_ service: String? = nil) -> String {
    if isOwn { return Mend.both("podid down", upAgain) }
    return service.map { "docker compose up -d \($0)" } ?? "docker compose restart"
  }

  private func text(_ part: String, _ member: String) -> String {
    json.at(part, member)?.string ?? ""
  }

  var cluster: String { json["cluster"]?.string ?? "" }
  var region: String { json["region"]?.string ?? "" }
  var account: String { json["account"]?.string ?? "" }
  var node: String { json["node"]?.string ?? "" }
  var state: String { json["state"]?.string ?? "" }
  var adminToken: String { json["adminToken"]?.string ?? "" }
  var kubernetesURL: String { text("kubernetes", "url") }
  var kubeconfig: String { text("kubernetes", "kubeconfig") }
  var awsURL: String { text("aws", "url") }
  var s3URL: String { text("s3", "url") }
  var agentURL: String { text("agent", "url") }
  var probeURL: String { text("agent", "probe") }
  var pods: String { text("agent", "pods") }
  var accessKeyID: String { text("aws", "accessKeyId") }
  var secretAccessKey: String { text("aws", "secretAccessKey") }

  /// The servers, in the order of a request's way.
  var servers: [Server] {
    [("kubernetes-api", "kubernetes"), ("aws-api", "aws"), ("node-agent", "agent")].map {
      Server(
        service: $0.0, member: $0.1, admin: text($0.1, "admin"),
        pid: Int32(json.at($0.1, "pid")?.integer ?? 0))
    }
  }
}
