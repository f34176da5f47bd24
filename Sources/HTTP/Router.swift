package import JSON

/// Sends requests to handlers by method and path pattern, such as `GET /clusters/{name}`.
///
/// Segments compare after percent-decoding; `{name}` takes one segment that is not empty. An unknown
/// path is answered 404, a known path with another method 405 with Allow.
package struct Router: HTTPHandler {
  /// What a pattern's placeholders stand for.
  package typealias Parameters = [ByteText: String]
  /// A route's answer.
  package typealias Answer = @Sendable (HTTPRequest, Parameters) async -> HTTPResponse

  private struct Route: Sendable {
    let method: String
    let segments: [String]
    let answer: Answer
  }

  private var routes: [Route] = []
  private let notFound: @Sendable (HTTPRequest) -> HTTPResponse

  /// A router without routes.
  package init(
    notFound: @escaping @Sendable (HTTPRequest) -> HTTPResponse = { _ in
      .text(404, "404 page not found\n")
    }
  ) { self.notFound = notFound }

  /// Adds a route.
  package mutating func on(_ pattern: String, _ answer: @escaping Answer) {
    let parts = pattern.bytes.split(separator: " ", maxSplits: 1).map(String.init)
    let path = parts.last ?? "/"
    let segments = path.dropFirst().bytes.split(
      separator: "/", omittingEmptySubsequences: false)
    routes.append(
      Route(method: parts.first ?? "GET", segments: segments.map(String.init), answer: answer))
  }

  package func respond(to request: HTTPRequest) async -> HTTPResponse {
    guard let path = request.pathSegments else { return notFound(request) }
    var methods: [String] = []
    for route in routes {
      guard let parameters = Self.match(route.segments, path) else { continue }
      if route.method.bytes == request.method.bytes {
        return await route.answer(request, parameters)
      }
      methods.append(route.method)
    }
    guard !methods.isEmpty else { return notFound(request) }
    var response = HTTPResponse.text(405, "Method Not Allowed\n")
    response.headers["Allow"] = methods.joined(separator: ", ")
    return response
  }

  private static func match(_ pattern: [String], _ path: [String]) -> Parameters? {
    guard pattern.count == path.count else { return nil }
    var parameters: Parameters = [:]
    for (expected, actual) in zip(pattern, path) {
      if expected.bytes.hasPrefix("{"), expected.bytes.hasSuffix("}") {
        guard !actual.isEmpty else { return nil }
        parameters[expected.dropFirst().dropLast().bytes] = actual
      } else if expected.bytes != actual.bytes {
        return nil
      }
    }
    return parameters
  }
}
