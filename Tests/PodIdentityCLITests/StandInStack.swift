import HTTP
import JSON
import Platform
import Synchronization
import TestSupport

@testable import CommandCore
@testable import PodIdentityCLI

/// A server that stands for all of a stack's, whose answers are given and whose calls are kept.
///
/// The admin ports are below `/k`, `/a` and `/n`.
final class StandInStack: Sendable {
  private let server: HTTPServer
  private let noted = Notes()
  let folder: String

  private final class Notes: Sendable {
    let calls = Mutex<[String]>([])
  }

  /// `answer` gets a call in a line: method, target and body.
  init(_ answer: @escaping @Sendable (String) -> HTTPResponse?) throws {
    folder = try Scratch.folder()
    server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]),
      loops: SampleLoops.shared,
      handler: ClosureHandler { [noted] request in
        let body = String(decoding: request.body, as: UTF8.self)
        let call = "\(request.method) \(request.target)" + (body.isEmpty ? "" : " \(body)")
        noted.calls.withLock { $0.append(call) }
        return answer(call)
          ?? .json(404, ["kind": "Status", "code": 404, "message": "there is none"])
      })
    try server.start()
    let config: JSON = [
      "apiVersion": "v1", "kind": "Config", "current-context": "c",
      "contexts": [["name": "c", "context": ["cluster": "k", "user": "u"]]],
      "clusters": [["name": "k", "cluster": ["server": .string(url)]]],
      "users": [["name": "u", "user": ["token": "secret"]]],
    ]
    try SafeFile.write(config.bytes(), to: "\(folder)/kubeconfig")
    try SafeFile.write(Array("token\n".utf8), to: "\(folder)/token")
  }

  /// The same with an answer of JSON for each method and target.
  convenience init(_ answers: [String: JSON]) throws {
    try self.init { call in answers[call].map { .json(200, $0) } }
  }

  var url: String { server.urls[0] }
  /// The calls, in their order.
  var calls: [String] { noted.calls.withLock { $0 } }
  /// The calls that change something.
  var writes: [String] { calls.filter { !$0.hasPrefix("GET ") } }

  /// The variables that describe it, as docker compose's.
  var environment: [String: String] {
    [
      "PODID_STACK_KUBECONFIG": "\(folder)/kubeconfig",
      "PODID_STACK_ADMIN_TOKEN_FILE": "\(folder)/token",
      "PODID_STACK_KUBERNETES_ADMIN": "\(url)/k", "PODID_STACK_AWS_URL": url,
      "PODID_STACK_AWS_ADMIN": "\(url)/a", "PODID_STACK_S3_URL": url,
      "PODID_STACK_AGENT_URL": "\(url)/v1/credentials", "PODID_STACK_AGENT_ADMIN": "\(url)/n",
      "HOME": folder, "XDG_STATE_HOME": "\(folder)/home",
    ]
  }

  /// A stack file that describes it as this machine's, with these pids of its servers.
  func file(_ pids: [Int64]) throws -> String {
    let path = "\(folder)/stack.json"
    let file: JSON = [
      "version": 1, "id": .string(String(repeating: "a", count: 32)), "adminToken": "token",
      "region": "us-east-1", "cluster": "local", "account": "111122223333", "node": "local-node",
      "state": .string(folder),
      "kubernetes": [
        "url": .string(url), "admin": .string("\(url)/k"), "pid": .integer(pids[0]),
        "kubeconfig": .string("\(folder)/kubeconfig"),
      ],
      "aws": [
        "url": .string(url), "admin": .string("\(url)/a"), "pid": .integer(pids[1]),
        "accessKeyId": "test", "secretAccessKey": "test",
      ],
      "s3": ["url": .string(url)],
      "agent": [
        "url": .string("\(url)/v1/credentials"), "admin": .string("\(url)/n"),
        "pid": .integer(pids[2]), "pods": .string("\(folder)/pods"),
      ],
    ]
    try SafeFile.write(file.bytes(), to: path)
    return path
  }
}
