import HTTP
import JSON
import Platform
import Testing

@testable import NodeAgent

/// What the agent refuses before it looks at a token.
@Suite struct AgentGateTests {
  private static let good = CredentialsEndpointTests.good

  @Test(
    "strictly it answers for AWS's two addresses alone; else also for the one that was called",
    arguments: [
      ("169.254.170.23", 200, 200), ("169.254.170.23:80", 200, 200), ("[fd00:ec2::23]", 200, 200),
      ("fd00:ec2::23", 200, 200), ("127.0.0.1:8080", 403, 200), ("127.0.0.1", 403, 200),
      ("127.0.0.1:9", 403, 200), ("agent.local", 403, 200), ("AGENT.LOCAL:1", 403, 200),
      ("127.0.0.2", 403, 403), ("evil.test", 403, 403), ("", 403, 403),
      ("169.254.170.23.evil.test", 403, 403), ("fd00:ec2:0::23", 403, 403),
    ])
  func hosts(host: String, strict: Int, usual: Int) async {
    for (isStrict, status) in [(true, strict), (false, usual)] {
      let world = AgentWorld(isStrict: isStrict)
      let answer = await world.send(token: Self.good, host: host, local: "127.0.0.1:8080")
      #expect(answer.status == status, "strict: \(isStrict)")
      if status == 403 { #expect(world.source.calls == 0) }
    }
  }

  @Test(
    "what a browser marks as coming from a web page is refused",
    arguments: [
      ("Origin", "http://169.254.170.23", 403), ("Origin", "null", 403),
      ("Sec-Fetch-Site", "cross-site", 403), ("Sec-Fetch-Site", "same-site", 403),
      ("Sec-Fetch-Site", "None", 403), ("Sec-Fetch-Site", "none", 200),
      ("Sec-Fetch-Site", "same-origin", 200),
    ])
  func pages(name: String, value: String, status: Int) async {
    let world = AgentWorld()
    let request = HTTPRequest(
      target: "/v1/credentials",
      headers: ["Host": "169.254.170.23", "Authorization": Self.good, name: value])
    let answer: HTTPResponse
    if let now = world.endpoint.immediateResponse(to: request) {
      answer = now
    } else {
      answer = await world.endpoint.respond(to: request)
    }
    #expect(answer.status == status)
  }

  @Test("kept credentials are not given for a token that is over, though they are good themselves")
  func tokenIsOver() async {
    let world = AgentWorld()
    world.source.set(.success(AgentAnswer.with(expiration: 1_800_040_000)))
    #expect(await world.send(token: Self.good).status == 200)
    world.clock.advance(by: .seconds(9_999))
    #expect(await world.send(token: Self.good).status == 200)
    world.clock.advance(by: .seconds(1))
    let over = await world.send(token: Self.good)
    #expect(over.status == 400 && world.text(over).hasSuffix("token is expired\n"))
    #expect(world.source.calls == 1)
  }

  @Test("a limiter gives as many tickets at once as it has room for, then at its rate")
  func limiter() {
    let start = ContinuousClock.now
    let limiter = RateLimiter(rate: 10, burst: 3, now: start)
    func tickets(after seconds: Double) -> Int {
      (0..<100).count { _ in limiter.allows(now: start + .seconds(seconds)) }
    }
    #expect(tickets(after: 0) == 3)
    #expect(tickets(after: 0.05) == 0)
    #expect(tickets(after: 0.25) == 2)
    // However long nobody asked.
    #expect(tickets(after: 1000) == 3)
    #expect(tickets(after: 999) == 0)
  }

  @Test("over the limit the answer is 429, whatever else is wrong with the request")
  func limited() async {
    let world = AgentWorld(limiter: RateLimiter(rate: 1e-9, burst: 2))
    var statuses: [Int] = []
    for host in ["169.254.170.23", "evil.test", "evil.test", "169.254.170.23"] {
      statuses.append(await world.send(token: Self.good, host: host).status)
    }
    #expect(statuses == [200, 403, 429, 429])
  }

  @Test("an answer over which AWS's agent dies is none: the connection ends, and nothing counts")
  func fatal() async {
    let world = AgentWorld(FakeSource(.failure(.incomplete)))
    let answer = await world.send(token: Self.good)
    guard case .none = answer.body else {
      Issue.record("\(answer)")
      return
    }
    #expect(!world.metrics.text.contains("pod_identity_http_response{"))
  }

  @Test(
    "an agent is well while its own listener says that `/` is nothing",
    .timeLimit(.minutes(10)), arguments: [(404, 200), (200, 500), (503, 500), (nil, 500)])
  func probe(answer: Int?, status: Int) async throws {
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { _ in
        answer.map { .text($0, "") } ?? HTTPResponse(status: 500, body: .none)
      })
    try server.start()
    let url = try #require(HTTPURL(server.urls[0]))
    let probe = ProbeEndpoint(
      targets: { [url] }, client: HTTPClient(loops: loops), metrics: nil)
    for path in ["/healthz", "/readyz"] {
      #expect(await probe.respond(to: HTTPRequest(target: path)).status == status)
    }
    // Metrics are the other listener's.
    #expect(await probe.respond(to: HTTPRequest(target: "/metrics")).status == 404)
    await server.stop(grace: .zero)
  }
}
