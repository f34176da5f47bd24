import HTTP
import JSON
import Platform
import Testing

@testable import NodeAgent

/// What the agent's event log and its counters say of requests.
@Suite struct AgentEventTests {
  private static let claims =
    #"{"exp":1800000000,"kubernetes.io":{"namespace":"n","serviceaccount":{"name":"a"},"#
    + #""pod":{"name":"p","uid":"u"}}}"#
  private static let token = CredentialsEndpointTests.token(claims)
  private static let subject: JSON = ["namespace": "n", "serviceAccount": "a", "pod": "p"]

  private func event(_ world: AgentWorld) throws -> JSON {
    let told = world.events.entries(after: 0).map(\.json)
    #expect(told.count == 1)
    return try #require(told.last)
  }

  @Test(
    "a refusal is told with its check and its reason, and counted",
    arguments: [
      (nil, "evil.test", 403, "host", "Access Denied. Called agent through invalid address"),
      ("", "169.254.170.23", 400, "token-present", "Service account token cannot be empty"),
      (
        "a.b", "169.254.170.23", 400, "token-format",
        "Service account token cannot be parsed: token is malformed"
      ),
      (
        CredentialsEndpointTests.token(#"{"exp":1}"#), "169.254.170.23", 400, "token-times",
        "Service account token failed basic claim validations: token is expired"
      ),
    ] as [(String?, String, Int, String, String)])
  func refused(
    token: String?, host: String, status: Int, check: String, reason: String
  ) async throws {
    let world = AgentWorld()
    #expect(await world.send(token: token, host: host).status == status)
    let event = try event(world)
    #expect(event["operation"] == "GetCredentials")
    #expect(event["outcome"]?.string == "\(status)" && event["check"]?.string == check)
    #expect(event["reason"]?.string?.hasPrefix(reason) == true)
    #expect(event["cached"] == nil)
    #expect(
      world.metrics.text.contains("pod_identity_http_response{code=\"\(status)\"} 1\n"))
  }

  @Test("a web page's request, and a token without a pod, have checks of their own")
  func others() async throws {
    let world = AgentWorld()
    let request = HTTPRequest(
      target: "/v1/credentials",
      headers: ["Host": "169.254.170.23", "Origin": "http://x", "Authorization": Self.token])
    #expect(world.endpoint.immediateResponse(to: request)?.status == 403)
    #expect(try event(world)["check"] == "origin")
    let second = AgentWorld(generation: .second)
    #expect(await second.send(token: CredentialsEndpointTests.good).status == 400)
    #expect(try event(second)["check"] == "token-binding")
  }

  @Test("whose credentials were given is told, and whether they were kept")
  func served() async {
    let world = AgentWorld()
    for _ in 0..<2 { #expect(await world.send(token: Self.token).status == 200) }
    let told = world.events.entries(after: 0).map(\.json)
    #expect(told.map { $0["cached"] } == [false, true])
    for event in told {
      #expect(event["outcome"] == "ok" && event["subject"] == Self.subject)
      #expect(event["check"] == nil && event["reason"] == nil)
    }
    #expect(world.metrics.text.contains("pod_identity_http_response{code=\"200\"} 2\n"))
  }

  @Test("kept credentials that are refused for their token's times are told with their subject")
  func over() async throws {
    let world = AgentWorld()
    world.source.set(.success(AgentAnswer.with(expiration: 1_800_040_000)))
    #expect(await world.send(token: Self.token).status == 200)
    world.clock.advance(by: .seconds(10_000))
    #expect(await world.send(token: Self.token).status == 400)
    let event = try #require(world.events.entries(after: 1).first?.json)
    #expect(event["check"] == "token-times" && event["subject"] == Self.subject)
  }

  @Test("what EKS Auth refuses is told with its reason, which the pod does not see")
  func denied() async throws {
    let world = AgentWorld(FakeSource(.failure(.unreachable("http://x: nobody"))))
    let answer = await world.send(token: Self.token)
    #expect(answer.status == 500 && world.text(answer) == "[]\n")
    let event = try event(world)
    #expect(event["check"] == "eks-auth" && event["outcome"] == "500")
    #expect(event["reason"] == "EKS Auth is not reached: http://x: nobody")
    #expect(event["subject"] == Self.subject)
  }

  @Test(
    "failures have a reason for the operator, and a code for the counters",
    arguments: [
      (
        .answered(status: 400, requestID: "i", code: "C", message: "m"), "C: m", "C", 400
      ),
      (
        .answered(status: 200, requestID: "i", code: "", message: "m"),
        "EKS Auth's answer is none of its own", "Unknown", 200
      ),
      (
        .cut(status: 200, requestID: "i", isLate: true),
        "EKS Auth's answer (200) was not whole in time", "Unknown", 200
      ),
      (
        .cut(status: 204, requestID: "i", isLate: false), "EKS Auth's answer (204) broke off",
        "Unknown", 500
      ),
      (.unreachable("x"), "EKS Auth is not reached: x", "Unknown", 500),
      (.timedOut("x"), "EKS Auth is not reached: x", "Unknown", 500),
      (.abandoned, "the caller hung up before EKS Auth answered", "Unknown", 500),
      (.local("x"), "x", "Unknown", 500),
      (
        .incomplete, "EKS Auth's answer lacks members of credentials, role or association",
        "Unknown", 500
      ),
    ] as [(UpstreamFailure, String, String, Int)])
  func reasons(failure: UpstreamFailure, reason: String, code: String, status: Int) {
    #expect(failure.reason == reason && failure.code == code && failure.status == status)
    let isFatal = if case .incomplete = failure { true } else { false }
    #expect(failure.isFatal == isFatal)
  }

  @Test("the operator sees whose credentials are kept and until when, and never what they are")
  func held() async {
    let world = AgentWorld()
    #expect(world.endpoint.keeper.held() == ["credentials": []])
    _ = await world.send(token: Self.token)
    #expect(
      world.endpoint.keeper.held() == [
        "credentials": [
          [
            "namespace": "n", "serviceAccount": "a", "pod": "p",
            "expiration": "2027-01-15T08:00:00Z",
          ]
        ]
      ])
    world.endpoint.keeper.flush()
    #expect(world.endpoint.keeper.held() == ["credentials": []])
  }

  @Test("counters have AWS's names, each with its samples in order")
  func counters() {
    let metrics = AgentMetrics()
    for status in [500, 200, 200] { metrics.count(response: status) }
    metrics.count(cache: "miss")
    metrics.count(cache: "evicted", 3)
    metrics.count(cacheError: "Recoverable", code: "Unknown")
    metrics.count(cacheError: "NonRecoverable", code: "AccessDeniedException")
    metrics.count(localValidation: "skipped")
    let samples = metrics.text.split(separator: "\n").filter {
      $0.hasPrefix("pod_identity_")
    }
    #expect(
      samples == [
        #"pod_identity_cache_errors{code="AccessDeniedException",type="NonRecoverable"} 1"#,
        #"pod_identity_cache_errors{code="Unknown",type="Recoverable"} 1"#,
        #"pod_identity_cache_state{state="evicted"} 3"#,
        #"pod_identity_cache_state{state="miss"} 1"#,
        #"pod_identity_http_response{code="200"} 2"#,
        #"pod_identity_http_response{code="500"} 1"#,
        #"pod_identity_local_validation{result="skipped"} 1"#,
      ])
    #expect(metrics.text.contains("process_resident_memory_bytes "))
  }
}
