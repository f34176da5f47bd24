import HTTP
import JSON
import Platform

/// `--check`: asks a running server's admin port for its health.
enum HealthCheck {
  /// 0 where the server answers that it is well, else 1 with a line on standard error.
  static func run(settings: Settings) async -> Int32 {
    guard let address = settings.address("admin-listen"),
      let url = HTTPURL("http://\(address.text)/healthz")
    else { return 64 }
    let client = HTTPClient(loops: EventLoops(count: 1))
    do {
      let answer = try await client.send(
        HTTPClientRequest(method: "GET", url: url), timeout: .seconds(5))
      let body = try? JSON.parse(answer.body)
      if answer.status == 200, body?["status"] == "ok" { return 0 }
      StandardStreams.writeError("\(address.text) answers \(answer.status)")
    } catch {
      StandardStreams.writeError("\(address.text): \(error)")
    }
    return 1
  }
}
