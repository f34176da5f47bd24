import HTTP
import JSON
import KubernetesClient
import Platform
import Synchronization

/// An API server of a few answers, at a port of its own, which keeps what it is asked.
final class TestAPI: Sendable {
  /// An answer's status and object.
  typealias Answer = (status: Int, json: JSON)

  /// A request that came.
  struct Request: Sendable {
    /// Such as `GET /api/v1/pods`, without its query.
    let name: String
    let target: String
    let body: JSON
    let headers: HTTPHeaders
  }

  private struct State {
    var answers: [String: Answer] = [:]
    var requests: [Request] = []
    var watches: [String: [String]] = [:]
    var followers: [String: AsyncStream<String>.Continuation] = [:]
    var listeners: [AsyncStream<Request>.Continuation] = []
  }
  private let state = Mutex(State())
  private let server = Mutex<HTTPServer?>(nil)
  private let loops = EventLoops(count: 1)

  init(_ answers: [String: Answer] = [:]) throws {
    state.withLock { $0.answers = answers }
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { [unowned self] request in answer(request) })
    try server.start()
    self.server.withLock { $0 = server }
  }

  /// A kubeconfig of it.
  var kubeconfig: JSON {
    let url = server.withLock { $0?.urls.first } ?? ""
    return [
      "current-context": "c",
      "contexts": [["name": "c", "context": ["cluster": "c", "user": "c"]]],
      "clusters": [["name": "c", "cluster": ["server": .string(url)]]],
      "users": [["name": "c", "user": [:]]],
    ]
  }

  /// A client of it.
  func client(
    mark: (@Sendable (inout HTTPClientRequest) -> Void)? = nil
  ) throws -> KubernetesClient {
    let config = try KubeConfig(json: kubeconfig, path: "", folder: "")
    return try KubernetesClient(config, loops: loops, mark: mark)
  }

  func set(_ name: String, _ json: JSON, status: Int = 200) {
    state.withLock { $0.answers[name] = (status, json) }
  }

  /// The requests that came, in order.
  var requests: [Request] { state.withLock { $0.requests } }

  /// The bodies of the requests of a name.
  func bodies(_ name: String) -> [JSON] { requests.filter { $0.name == name }.map(\.body) }

  /// Each request from now on.
  var coming: AsyncStream<Request> {
    let (stream, continuation) = AsyncStream<Request>.makeStream()
    state.withLock { $0.listeners.append(continuation) }
    return stream
  }

  /// Tells whoever watches a path, now or later, of an object.
  func tell(_ path: String, _ type: String, _ object: JSON) {
    let line = "\(JSON.object(["type": .string(type), "object": object]).text())\n"
    let follower = state.withLock { state in
      if state.followers[path] == nil { state.watches[path, default: []].append(line) }
      return state.followers[path]
    }
    follower?.yield(line)
  }

  func stop() async {
    for follower in state.withLock({ $0.followers.values }) { follower.finish() }
    await server.withLock { $0 }?.stop(grace: .zero)
    loops.stop()
  }

  private func answer(_ request: HTTPRequest) -> HTTPResponse {
    let path = String(request.rawPath)
    let came = Request(
      name: "\(request.method) \(path)", target: request.target,
      body: (try? JSON.parse(request.body)) ?? .null, headers: request.headers)
    let (answer, listeners) = state.withLock { state in
      state.requests.append(came)
      return (state.answers[came.name], state.listeners)
    }
    defer { for listener in listeners { listener.yield(came) } }
    if request.query["watch"]?.bytes == "true" { return watch(path) }
    if let answer { return .json(answer.status, answer.json) }
    let depth = path.split(separator: "/").count
    if request.method == "GET", !path.contains("/namespaces/"), depth == 3 {
      return .json(200, ["metadata": ["resourceVersion": "1"], "items": []])
    }
    return .json(
      404,
      [
        "kind": "Status", "code": 404, "reason": "NotFound",
        "message": .string("\(path) not found"),
      ])
  }

  private func watch(_ path: String) -> HTTPResponse {
    let (lines, continuation) = AsyncStream<String>.makeStream()
    state.withLock { state in
      for line in state.watches.removeValue(forKey: path) ?? [] { continuation.yield(line) }
      state.followers[path] = continuation
    }
    return HTTPResponse(
      status: 200, headers: ["Content-Type": "application/json"],
      body: .stream(length: nil) { writer in
        for await line in lines { try await writer.write(Array(line.utf8)) }
      })
  }
}
