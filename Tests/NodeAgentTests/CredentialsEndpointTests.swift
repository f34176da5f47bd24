import AdminAPI
import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import NodeAgent

/// The endpoint against what AWS's agent v0.1.37 answered.
@Suite struct CredentialsEndpointTests {
  static func token(_ claims: String, header: String = #"{"alg":"RS256"}"#) -> String {
    [header, claims].map { Base64.encodeURL(Array($0.utf8)) }.joined(separator: ".") + ".sig"
  }
  static let good = token(#"{"exp":1800000000}"#)

  @Test("answers with the keys in AWS's order, escaped as Go escapes")
  func success() async {
    let world = AgentWorld()
    for _ in 0..<2 {
      let response = await world.send(token: Self.good)
      #expect(response.status == 200)
      #expect(response.headers.fields.map(\.name) == ["Content-Type"])
      #expect(response.headers["Content-Type"] == "application/json")
      #expect(
        world.text(response)
          == #"{"AccessKeyId":"ASIA1","SecretAccessKey":"s\u003c\u0026\u003e/","Token":"t","#
          + #""AccountId":"123456789012","Expiration":"2027-01-15T08:00:00Z"}"#)
    }
    #expect(world.source.calls == 1)
  }

  private static let parsed = "Service account token cannot be parsed: token is malformed: "
  private static let header = parsed + "could not base64 decode header: illegal base64 data at "
  private static let unverifiable =
    "Service account token cannot be parsed: token is unverifiable: signing method (alg) is "
  private static let times = "Service account token failed basic claim validations: "
  private static let json = parsed + "could not JSON decode claim: "

  static let refusals: [(String?, String)] = [
    (nil, "Service account token cannot be empty"),
    ("", "Service account token cannot be empty"),
    ("abc", parsed + "token contains an invalid number of segments"),
    ("a.b", parsed + "token contains an invalid number of segments"),
    ("a.b.c.d", parsed + "token contains an invalid number of segments"),
    ("a.b.c.d.e", parsed + "token contains an invalid number of segments"),
    ("a.b.c", header + "input byte 0"),
    ("Bearer \(good)", header + "input byte 6"),
    ("eyJhbGciOiJSUzI1NiIsImtpZCI6ImFiYyJ=.e30.x", header + "input byte 35"),
    (
      "eyJhbGciOiJSUzI1NiJ9.e3+0.x",
      parsed + "could not base64 decode claim: illegal base64 data at input byte 2"
    ),
    (
      "eyJhbGciOiJSUzI1NiJ9.e30/.x",
      parsed + "could not base64 decode claim: illegal base64 data at input byte 3"
    ),
    (
      token("[]"),
      json + "json: cannot unmarshal array into Go value of type jwt.RegisteredClaims"
    ),
    (token(#"{"aud":5}"#), json + "invalid type for claim"),
    (
      token("{}", header: "notjson"),
      parsed
        + "could not JSON decode header: invalid character 'o' in literal null (expecting 'u')"
    ),
    (token("notjson"), json + "invalid character 'o' in literal null (expecting 'u')"),
    (
      token(#"{"exp":"soon"}"#),
      json + "could not parse NumericData: json: cannot unmarshal string \"soon\" into Go value of "
        + "type json.Number: invalid syntax"
    ),
    (token("{}", header: #"{"alg":"XX1"}"#), unverifiable + "unavailable"),
    (token("{}", header: "{}"), unverifiable + "unspecified"),
    (token("{}", header: #"{"alg":5}"#), unverifiable + "unspecified"),
    (token(#"{"exp":1799989999}"#), times + "token is expired"),
    (token(#"{"exp":1799990000}"#), times + "token is expired"),
    (token(#"{"exp":0}"#), times + "token is expired"),
    (token(#"{"exp":-5}"#), times + "token is expired"),
    (token(#"{"nbf":1799990001}"#), times + "token is not valid yet"),
    (token(#"{"exp":1,"nbf":1799990001}"#), times + "token is expired, token is not valid yet"),
  ]

  @Test("refuses tokens with the agent's texts", arguments: refusals)
  func refused(token: String?, text: String) async {
    let world = AgentWorld()
    let response = await world.send(token: token)
    #expect(response.status == 400)
    #expect(world.text(response) == text + "\n")
    #expect(response.headers["Content-Type"] == "text/plain; charset=utf-8")
    #expect(response.headers["X-Content-Type-Options"] == "nosniff")
    #expect(world.source.calls == 0)
  }

  @Test(
    "passes what AWS's agent passes",
    arguments: [
      token("{}"), token("null"), token(#"{"aud":"x"}"#), token(#"{"aud":["x","y"]}"#),
      token("{}", header: #"{"alg":"none"}"#), token("{}", header: #"{"alg":"HS256"}"#),
      token("{}", header: #"{"alg":"EdDSA"}"#), token(#"{"exp":1799990001.5}"#),
      token(#"{"iat":1900000000}"#), token(#"{"exp":1800000000}"#) + "!!",
      // Bits behind the last byte, and a line end: Go's RawURLEncoding passes over both.
      "eyJhbGciOiJub25lIn1.e31.x", "eyJhbGciOiJub25lIn0\n.e30.x",
    ])
  func passed(token: String) async {
    let world = AgentWorld()
    #expect(await world.send(token: token).status == 200)
    #expect(world.source.calls == 1)
  }

  @Test(
    "answers for its hosts alone",
    arguments: [
      ("169.254.170.23", 200), ("169.254.170.23:80", 200), ("169.254.170.23:9", 200),
      ("[fd00:ec2::23]", 200), ("[fd00:ec2::23]:80", 200), ("127.0.0.1", 200),
      ("127.0.0.1:4580", 200), ("agent.local", 200), ("AGENT.local:4580", 200),
      ("169.254.170.23:x", 200), ("[FD00:EC2::23]", 403),
      ("localhost", 403), ("169.254.170.23.", 403), ("[fd00:ec2:0::23]", 403), ("", 403),
      ("evil.example", 403), ("10.0.0.1", 403),
    ])
  func hosts(host: String, status: Int) async {
    let response = await AgentWorld().send(token: Self.good, host: host)
    #expect(response.status == status)
    guard status == 403 else { return }
    let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    #expect(
      AgentWorld().text(response)
        == "Access Denied. Called agent through invalid address, please use either "
        + "[169.254.170.23 fd00:ec2::23] address not \(name)\n")
  }

  @Test("--strict-host answers for the two link-local addresses alone")
  func strict() async {
    let world = AgentWorld(isStrict: true)
    #expect(await world.send(token: Self.good, host: "127.0.0.1").status == 403)
    #expect(await world.send(token: Self.good, host: "169.254.170.23").status == 200)
  }

  @Test(
    "routes as Go's mux does",
    arguments: [
      ("GET", "/v1/credentials?x=1", 200), ("GET", "/v1/%63redentials", 200),
      ("POST", "/v1/credentials", 200), ("DELETE", "/v1/credentials", 200),
      ("OPTIONS", "/v1/credentials", 200), ("get", "/v1/credentials", 200),
      ("CONNECT", "/v1/credentials", 404), ("GET", "/v1/credentials/", 404), ("GET", "/", 404),
      ("GET", "/v1", 404), ("GET", "/v1/Credentials", 404), ("GET", "/healthz", 404),
      ("GET", "/metrics", 404), ("GET", "//v1/credentials", 307),
      ("GET", "/v1//credentials", 307), ("GET", "/v1/../v1/credentials", 307),
      ("OPTIONS", "*", 200),
    ])
  func routes(method: String, target: String, status: Int) async {
    let world = AgentWorld()
    let response = await world.send(method, target, token: Self.good)
    #expect(response.status == status)
    if status == 404 { #expect(world.text(response) == "404 page not found\n") }
    if status == 307 {
      #expect(response.headers["Location"] == "/v1/credentials")
      #expect(
        world.text(response) == "<a href=\"/v1/credentials\">Temporary Redirect</a>.\n\n")
    }
  }

  @Test("an absolute target's own host is checked")
  func absoluteTarget() async {
    let world = AgentWorld()
    let target = "http://evil.example/v1/credentials"
    #expect(await world.send("GET", target, token: Self.good).status == 403)
  }

  static let upstream: [(UpstreamFailure, Int, String)] = [
    (
      .answered(status: 400, requestID: "id", code: "AccessDeniedException", message: "M"), 400,
      "[id]: (AccessDeniedException): M, fault: client"
    ),
    (
      .answered(status: 403, requestID: "id", code: "AccessDeniedException", message: "M"), 403,
      "[id]: (AccessDeniedException): M, fault: client"
    ),
    (
      .answered(status: 404, requestID: "id", code: "ResourceNotFoundException", message: "M"),
      404, "[id]: (ResourceNotFoundException): M, fault: client"
    ),
    (
      .answered(status: 429, requestID: "id", code: "ThrottlingException", message: "M"), 429,
      "[id]: (ThrottlingException): M, fault: client"
    ),
    (
      .answered(status: 500, requestID: "id", code: "InternalServerException", message: "M"), 500,
      "[id]: (InternalServerException): M, fault: server"
    ),
    (
      .answered(status: 418, requestID: "id", code: "WeirdException", message: "M"), 418,
      "[id]: (WeirdException): M, fault: unknown"
    ),
    (.answered(status: 500, requestID: "id", code: "", message: ""), 500, "[id]"),
    (.answered(status: 200, requestID: "id", code: "", message: ""), 200, "[id]"),
    (.answered(status: 101, requestID: "id", code: "", message: ""), 500, "[id]"),
    (
      .answered(status: 304, requestID: "id", code: "UnknownError", message: "UnknownError"), 500,
      "[id]: (UnknownError): UnknownError, fault: unknown"
    ),
    (.answered(status: 302, requestID: "id", code: "", message: ""), 302, "[id]"),
    (.cut(status: 200, requestID: "id", isLate: false), 200, "[id]"),
    (.cut(status: 200, requestID: "", isLate: true), 200, "[]"),
    (.cut(status: 503, requestID: "id", isLate: false), 503, "[id]"),
    (.unreachable("x"), 500, "[]"), (.timedOut("x"), 500, "[]"), (.abandoned, 500, "[]"),
  ]

  @Test("shows EKS Auth's errors as AWS's agent does", arguments: upstream)
  func showsFailure(failure: UpstreamFailure, status: Int, text: String) async {
    let world = AgentWorld(FakeSource(.failure(failure)))
    let response = await world.send(token: Self.good)
    #expect(response.status == status)
    #expect(world.text(response) == text + "\n")
    // Errors are not kept: the next call asks again.
    _ = await world.send(token: Self.good)
    #expect(world.source.calls == 2)
  }

  @Test("a failure behind a delay that was set names the fault, and its own reason")
  func delayedFailure() async throws {
    for failure in [UpstreamFailure.abandoned, .unreachable("x")] {
      let world = AgentWorld(FakeSource(.failure(failure)))
      let rule: JSON = ["action": "delay", "duration": "1ms", "id": "slow"]
      _ = try await world.faults.add(Fault(json: rule, catalogue: AgentFaults.catalogue))
      _ = await world.send(token: Self.good)
      let event = try #require(world.events.entries(after: 0).first).json
      #expect(event["fault"] == "slow")
      #expect(event["check"] == "eks-auth" && event["outcome"] == "500")
      let reason = event["reason"]?.string ?? ""
      #expect(reason.contains("delay") && reason.hasSuffix("and then: \(failure.reason)"))
    }
  }

  @Test("a hit stays a hit when EKS Auth denies, but the token's own times are judged")
  func cache() async {
    let world = AgentWorld()
    #expect(await world.send(token: Self.good).status == 200)
    world.source.set(.failure(.unreachable("away")))
    #expect(await world.send(token: Self.good).status == 200)
    #expect(await world.send(token: Self.token(#"{"exp":1800000001}"#)).status == 500)
    world.clock.advance(by: .seconds(10_000))
    let response = await world.send(token: Self.good)
    #expect(world.text(response) == Self.times + "token is expired\n")
  }

  @Test("credentials with no more than 15 s left are not handed out")
  func nearExpiry() async {
    let world = AgentWorld()
    let token = Self.token("{}")
    #expect(await world.send(token: token).status == 200)
    world.clock.advance(by: .seconds(9_985))
    let response = await world.send(token: token)
    #expect(response.status == 500)
    #expect(
      world.text(response)
        == "fetched credentials are expired or will expire within the next 15.00 seconds\n")
  }

  @Test("20 at once for one new token are one call")
  func coalesced() async {
    let world = AgentWorld()
    let statuses = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<20 { group.addTask { await world.send(token: Self.good).status } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == Array(repeating: 200, count: 20))
    #expect(world.source.calls == 1)
  }

  @Test("more than the rate allows is 429, and not counted")
  func rateLimit() async {
    let world = AgentWorld(limiter: RateLimiter(rate: 0.000_1, burst: 2))
    #expect(await world.send(token: Self.good).status == 200)
    #expect(await world.send(token: Self.good).status == 200)
    let response = await world.send(token: Self.good)
    #expect(response.status == 429)
    #expect(world.text(response) == "Too Many Requests\n")
    #expect(world.metrics.text.contains("pod_identity_http_response{code=\"200\"} 2"))
    #expect(!world.metrics.text.contains("code=\"429\""))
  }
}
