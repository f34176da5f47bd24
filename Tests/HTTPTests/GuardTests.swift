import Testing

@testable import HTTP

/// What a web page in the user's browser could send is refused before any handler sees it.
@Suite struct GuardTests {
  /// A handler that answers everything, some of it at once.
  private struct Handler: HTTPHandler {
    func immediateResponse(to request: HTTPRequest) -> HTTPResponse? {
      request.target.utf8.elementsEqual("/now".utf8) ? .text(200, "now") : nil
    }
    func bodyPlan(for request: HTTPRequest) -> HTTPBodyPlan { .collect(limit: 7) }
    func respond(to request: HTTPRequest) async -> HTTPResponse { .text(200, "later") }
  }

  private let guarded = HTTPGuard(allowedHosts: ["Agent.Test", "10.1.1.1"], next: Handler())

  /// The statuses of an answer at once and of one that takes its time, which are always the same.
  private func status(
    _ headers: HTTPHeaders, local: String = "192.0.2.7:4577", isSecure: Bool = false
  ) async -> Int? {
    var request = HTTPRequest(headers: headers, local: local, isSecure: isSecure)
    let later = await guarded.respond(to: request)
    request.target = "/now"
    let now = guarded.immediateResponse(to: request)
    guard now?.status == later.status else { return nil }
    // CORS headers would let a page read what it may not ask for.
    let names = later.headers.fields.map { $0.name.lowercased() }
    return names.contains { $0.hasPrefix("access-control") } ? nil : later.status
  }

  @Test(
    "it answers for loopback, the address that was called and the names it is told, at any port",
    arguments: [
      "127.0.0.1", "127.0.0.1:80", "127.255.3.4:1", "localhost", "LocalHost:4577", "[::1]",
      "[::1]:4577", "192.0.2.7:4577", "192.0.2.7", "192.0.2.7:1", "agent.test", "AGENT.TEST:99",
      "bucket.agent.test", "bucket.localhost:4578", "a.b.localhost", "10.1.1.1:5",
    ])
  func accepted(host: String) async { #expect(await status(["Host": host]) == 200) }

  @Test(
    "any other host is refused, however near it is",
    arguments: [
      "evil.test", "evil.test:4577", "127.0.0.1.evil.test", "127.evil.test", "localhost.evil.test",
      "notlocalhost", "agent.test.evil", "xagent.test", "192.0.2.8", "192.0.2.7.evil.test",
      "localhost:x", "agent.test:80:80", "[::2]:80", "[::1", "127.0.0.1 ", "", ".agent.test.",
      "192.0.2.7@evil.test", "localhost/", "0.0.0.0",
    ])
  func refused(host: String) async { #expect(await status(["Host": host]) == 403) }

  @Test("without a Host, which HTTP/1.0 alone lacks, nothing is asked")
  func noHost() async { #expect(await status([:]) == 200) }

  @Test(
    "an Origin is the server's own, scheme and port included, or refused",
    arguments: [
      ("http://localhost:80", false, 200), ("HTTP://LOCALHOST:80", false, 200),
      ("https://localhost:80", true, 200), ("https://localhost:80", false, 403),
      ("http://localhost:80", true, 403), ("http://localhost", false, 403),
      ("http://localhost:81", false, 403), ("http://evil.test", false, 403), ("null", false, 403),
      ("", false, 403), ("http://localhost:80.evil.test", false, 403),
    ])
  func origin(text: String, isSecure: Bool, wanted: Int) async {
    let headers: HTTPHeaders = ["Host": "localhost:80", "Origin": text]
    #expect(await status(headers, isSecure: isSecure) == wanted)
  }

  @Test("of several Origins each must be the server's own")
  func origins() async {
    var headers: HTTPHeaders = ["Host": "localhost", "Origin": "http://localhost"]
    #expect(await status(headers) == 200)
    headers.append("Origin", "http://evil.test")
    #expect(await status(headers) == 403)
  }

  @Test(
    "what the browser marks as coming from elsewhere is refused",
    arguments: [
      ("same-origin", 200), ("none", 200), ("None", 200), ("cross-site", 403), ("same-site", 403),
      ("CROSS-SITE", 403), ("", 403), ("x", 403),
    ])
  func site(value: String, wanted: Int) async {
    #expect(await status(["Host": "localhost", "Sec-Fetch-Site": value]) == wanted)
  }

  @Test("how a body is wanted is the handler's own affair")
  func plan() {
    guard case .collect(limit: 7) = guarded.bodyPlan(for: HTTPRequest()) else {
      Issue.record("the handler was not asked")
      return
    }
  }
}
