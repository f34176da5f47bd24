import HTTP
import JSON

/// The probe and metrics listeners: `/healthz`, `/readyz`, and `/metrics` on the second alone.
struct ProbeEndpoint: HTTPHandler {
  /// The credentials listeners, each of which must answer `/` with 404.
  let targets: @Sendable () -> [HTTPURL]
  let client: HTTPClient
  /// Nil on the probe listener.
  let metrics: AgentMetrics?

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    switch request.rawPath.bytes {
    case "/healthz", "/readyz": return await probe()
    case "/metrics":
      if let metrics {
        return .text(200, metrics.text, contentType: MetricsText.contentType)
      }
    default: break
    }
    return CredentialsEndpoint.error(404, "404 page not found")
  }

  private func probe() async -> HTTPResponse {
    for target in targets() {
      let status = try? await client.send(
        HTTPClientRequest(method: "GET", url: target), timeout: .seconds(10)
      ).status
      guard status == 404 else {
        return HTTPResponse(
          status: 500, headers: ["Content-Type": "text/plain; charset=utf-8"],
          body: .bytes(Array("Internal Server Error occurred".utf8)))
      }
    }
    return HTTPResponse(status: 200)
  }
}
