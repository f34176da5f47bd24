import HTTP
import Synchronization

/// Calls a handler as a server does, without a connection.
struct HandlerCarrier: TestCarrier {
  let handler: any HTTPHandler
  let limits: HTTPLimits
  let connectionCount = 0

  func exchange(_ request: HTTPRequest) async -> TestExchange {
    let answer = await answer(to: request)
    switch answer.body {
    case .none, .reset, .silence: return TestExchange(response: .missing, length: nil)
    case .bytes(let bytes):
      var response = answer
      if !answer.hasBody(request.method) { response.body = .bytes([]) }
      return TestExchange(response: response, length: answer.hasBody("GET") ? bytes.count : nil)
    case .stream(let length, let produce):
      var response = answer
      response.body = .bytes([])
      guard answer.hasBody(request.method) else {
        return TestExchange(response: response, length: length)
      }
      let pieces = Pieces()
      do { try await produce(pieces) } catch {
        return TestExchange(response: .missing, length: nil)
      }
      let bytes = pieces.bytes.withLock { $0 }
      guard length == nil || length == bytes.count else {
        return TestExchange(response: .missing, length: nil)
      }
      response.body = .bytes(bytes)
      return TestExchange(response: response, length: length)
    }
  }

  func stream(_ request: HTTPRequest) async -> TestStream? {
    let answer = await answer(to: request)
    switch answer.body {
    case .none, .reset, .silence: return nil
    case .bytes(let bytes):
      return TestStream(status: answer.status, headers: answer.headers) {
        try await $0.write(bytes)
      }
    case .stream(_, let produce):
      return TestStream(status: answer.status, headers: answer.headers) { try await produce($0) }
    }
  }

  private func answer(to given: HTTPRequest) async -> HTTPResponse {
    var request = given
    // A client writes both.
    if request.headers["Host"] == nil { request.headers["Host"] = request.local }
    if !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) {
      request.headers["Content-Length"] = "\(request.body.count)"
    }
    if !request.body.isEmpty {
      let body = request.body
      request.body = []
      switch handler.bodyPlan(for: request) {
      case .collect(let limit):
        guard body.count <= limit ?? limits.body else {
          return .text(413, "413 Request Entity Too Large")
        }
        request.body = body
      case .stream:
        request.bodyReader = HTTPBodyBytes(body)
        return await handler.respond(to: request)
      }
    }
    if let response = handler.immediateResponse(to: request) { return response }
    return await handler.respond(to: request)
  }

  private final class Pieces: HTTPBodyWriter {
    let bytes = Mutex<[UInt8]>([])

    func write(_ piece: [UInt8]) async throws { bytes.withLock { $0 += piece } }
  }
}
