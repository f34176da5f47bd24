import HTTP
import Platform
import Synchronization

/// Sends requests over TCP to a server of its own, and compares each answer with what its handler gave.
final class LiveCarrier: TestCarrier {
  private let loops = EventLoops(count: 1)
  private let server: HTTPServer
  private let client: HTTPClient
  private let recorder: HandlerRecorder
  private let url: HTTPURL
  private let found = Mutex<[String]>([])

  init(handler: any HTTPHandler, limits: HTTPLimits) throws {
    recorder = HandlerRecorder(next: handler)
    server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)], limits: limits),
      loops: loops, handler: recorder)
    client = HTTPClient(loops: loops)
    try server.start()
    guard let url = server.urls.first.flatMap({ HTTPURL($0) }) else {
      throw TestTransport.Difference(description: "the server listens nowhere")
    }
    self.url = url
  }

  func stop() async {
    await server.stop(grace: .zero)
    loops.stop()
  }

  /// Where the wire was not as the handler's answers.
  var differences: [String] { found.withLock { $0 } }

  var connectionCount: Int { recorder.peerCount }

  func exchange(_ request: HTTPRequest) async -> TestExchange {
    let sent = clientRequest(request)
    recorder.begin()
    do throws(HTTPClientError) {
      let answer = try await client.send(sent)
      let wire = WireAnswer(answer, method: request.method)
      let problems = wire.problems(given: recorder.answer)
      found.withLock { $0 += problems.map { "\(request.method) \(request.target): \($0)" } }
      return wire.exchange
    } catch {
      return TestExchange(response: .missing, length: nil)
    }
  }

  func stream(_ request: HTTPRequest) async -> TestStream? {
    let sent = clientRequest(request)
    recorder.begin()
    guard let answer = try? await client.stream(sent) else { return nil }
    let wire = WireAnswer(
      HTTPClientResponse(status: answer.status, headers: answer.headers), method: request.method)
    return TestStream(status: answer.status, headers: wire.exchange.response.headers) { lines in
      for try await piece in answer.body { try await lines.write(piece) }
    }
  }

  private func clientRequest(_ request: HTTPRequest) -> HTTPClientRequest {
    HTTPClientRequest(
      method: request.method, url: url.with(target: request.target), headers: request.headers,
      body: request.body)
  }
}

/// Keeps the last answer of a handler, and who asked.
private final class HandlerRecorder: HTTPHandler {
  private struct State {
    var answer: HTTPResponse?
    var peers: Set<String> = []
  }
  private let next: any HTTPHandler
  private let state = Mutex(State())

  init(next: any HTTPHandler) { self.next = next }

  /// The handler's answer since ``begin()``; nil where the server answered without it.
  var answer: HTTPResponse? { state.withLock { $0.answer } }
  var peerCount: Int { state.withLock { $0.peers.count } }

  func begin() { state.withLock { $0.answer = nil } }

  func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan {
    note(request)
    return next.bodyPlan(for: request)
  }

  func immediateResponse(to request: HTTPRequest) -> HTTPResponse? {
    note(request)
    guard let response = next.immediateResponse(to: request) else { return nil }
    state.withLock { $0.answer = response }
    return response
  }

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    note(request)
    let response = await next.respond(to: request)
    state.withLock { $0.answer = response }
    return response
  }

  private func note(_ request: HTTPRequest) {
    state.withLock { _ = $0.peers.insert(request.peer) }
  }
}
