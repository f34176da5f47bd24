import HTTP
import JSON
import Platform
import Synchronization
import TestSupport

@testable import CommandCore

/// A server that stands for all of a stack's, whose answers are given and whose calls are kept.
final class SeedServer: Sendable {
  private let server: HTTPServer
  private let loops = EventLoops(count: 1)
  private let noted = Notes()

  private final class Notes: Sendable {
    let calls = Mutex<[String]>([])
  }

  /// `answer` gets a call in a line: a query's action with its parameters, or else the method, the
  /// target and the body.
  init(_ answer: @escaping @Sendable (String) -> HTTPResponse?) throws {
    server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { [noted] request in
        let call = Self.call(request)
        noted.calls.withLock { $0.append(call) }
        return answer(call)
          ?? .text(404, "<Code>NoSuchEntity</Code><Message>there is none</Message>")
      })
    try server.start()
  }

  private static func call(_ request: HTTPRequest) -> String {
    let form = QueryParameters(request.body)
    guard let action = form["Action"] else {
      return "\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self))"
    }
    let rest = form.pairs.filter { $0.name != "Action" && $0.name != "Version" }
    return ([action] + rest.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
  }

  /// The calls that change something, those of the stack's own questions left out.
  var writes: [String] {
    noted.calls.withLock { calls in
      calls.filter { !["GET ", "HEAD ", "Get", "List"].contains(where: $0.hasPrefix) }
    }
  }
  var calls: [String] { noted.calls.withLock { $0 } }

  /// The stack, and what speaks to it.
  func stack() throws -> (info: StackInfo, access: StackAccess) {
    let folder = try Scratch.folder()
    let url = server.urls[0]
    let config: JSON = [
      "current-context": "c",
      "contexts": [["name": "c", "context": ["cluster": "k", "user": "u"]]],
      "clusters": [["name": "k", "cluster": ["server": .string(url)]]],
      "users": [["name": "u", "user": [:]]],
    ]
    try SafeFile.write(config.bytes(), to: "\(folder)/kubeconfig")
    var object = SampleStack.json.object ?? [:]
    object["state"] = .string(folder)
    object["cluster"] = "local"
    object["account"] = "111122223333"
    object["kubernetes"] = [
      "kubeconfig": .string("\(folder)/kubeconfig"), "admin": .string("\(url)/k"),
    ]
    object["agent"] = ["url": "http://127.0.0.1:1/v1/credentials", "admin": .string("\(url)/n")]
    object["aws"] = ["url": .string(url), "admin": .string("\(url)/admin")]
    object["s3"] = ["url": .string(url)]
    let info = try StackInfo(json: .object(object), path: "\(folder)/stack.json")
    return (info, StackAccess(environment: ProcessEnvironment([:]), loops: loops))
  }

  /// What applying a seed of these files comes to.
  func apply(
    _ files: [String: String], patience: Duration = .seconds(1)
  ) async throws -> [String] {
    let root = try Scratch.folder(files)
    let (info, access) = try stack()
    var report = SeedReport()
    var applier = try SeedApplier(try SeedFolder(path: root), to: info, access)
    applier.patience = patience
    try await applier.apply(into: &report)
    return report.lines.map { "\($0.what): \($0.outcome)" }
  }

  func stop() async {
    await server.stop(grace: .zero)
    loops.stop()
  }
}
