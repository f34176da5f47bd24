import JSON
import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

@Suite struct TokenReportTests {
  private static let issuer = "https://127.0.0.1:4576"
  private static let issued = Instant(seconds: 1_800_000_000)
  private static let signature = Base64.encodeURL(Array("a signature of no key".utf8))

  private static let claims: JSONObject = [
    "iss": .string(issuer), "sub": "system:serviceaccount:ns:app",
    "aud": ["pods.eks.amazonaws.com"], "iat": 1_800_000_000, "nbf": 1_800_000_000,
    "exp": 1_800_086_400,
    "kubernetes.io": [
      "namespace": "ns", "pod": ["name": "p", "uid": "u1"],
      "serviceaccount": ["name": "app", "uid": "u2"],
    ],
  ]

  private func compact(_ claims: JSON) -> String {
    [["alg": "RS256", "kid": "k"], claims].map { Base64.encodeURL($0.bytes()) }
      .joined(separator: ".") + ".\(Self.signature)"
  }

  private func report(_ changes: JSONObject = [:], after: Duration = .seconds(3)) throws
    -> TokenReport
  {
    var claims = Self.claims
    for (name, value) in changes { claims[name] = value }
    return try TokenReport(
      compact(.object(claims)), issuer: Self.issuer, now: Self.issued + after)
  }

  @Test("tells each fact in a line, with how long the token lasts")
  func facts() throws {
    #expect(
      try report().lines.map(\.text) == [
        "issuer           https://127.0.0.1:4576",
        "subject          system:serviceaccount:ns:app",
        "audience         pods.eks.amazonaws.com",
        "pod              ns/p (uid u1)",
        "ServiceAccount   ns/app (uid u2)",
        "expires          2027-01-16T08:00:00Z, in 23h59m57s",
        "credentials      given for it",
      ])
    let json = try report().json
    #expect(json["claims"] == .object(Self.claims) && json["header"]?["kid"] == "k")
    #expect(json["secondsLeft"] == 86_397 && json["accepted"] == true && json["reason"] == .null)
  }

  @Test("neither the signature nor the token is told")
  func secrets() throws {
    let told = try report().lines.map(\.text).joined() + report().json.text([.indented])
    for part in compact(.object(Self.claims)).split(separator: ".") {
      #expect(!told.contains(part))
    }
    let garbage = "not.\(Self.signature).token"
    let error = #expect(throws: CommandFailure.self) {
      try TokenReport(garbage, issuer: nil, now: Self.issued)
    }
    #expect(error?.description == "the file does not hold a token")
  }

  @Test(
    "says who refuses the token, at the boundaries of its times",
    arguments: [
      ([:], 86_399, nil), ([:], 86_400, "the agent: it has expired"),
      ([:], -1, "the agent: it is not valid yet"), ([:], 0, nil),
      (["exp": .null], 0, "EKS Auth: it never expires"),
      (
        ["sub": "system:serviceaccount:ns:other"], 0,
        "EKS Auth: its subject is not the ServiceAccount that it names"
      ),
      (["iss": "https://x"], 0, "EKS Auth: its issuer is not https://127.0.0.1:4576"),
      (["aud": "sts.amazonaws.com"], 0, "EKS Auth: its audience is not pods.eks.amazonaws.com"),
      (["aud": "pods.eks.amazonaws.com"], 0, nil),
      (
        ["kubernetes.io": ["namespace": "ns", "serviceaccount": ["name": "app"]]], 0,
        "EKS Auth: it is bound to no pod"
      ),
    ] as [(JSONObject, Int, String?)])
  func refusals(changes: JSONObject, seconds: Int, reason: String?) throws {
    let report = try report(changes, after: .seconds(seconds))
    #expect(report.objection == reason)
    #expect(report.json["accepted"] == .bool(reason == nil))
    let last = try #require(report.lines.last?.text)
    #expect(last.hasSuffix(reason ?? "given for it"))
  }

  @Test("what a claim has cannot steer a terminal or begin a line")
  func controls() throws {
    let report = try report(["sub": "a\u{1B}[31m\nb\u{202E}"])
    #expect(report.lines[1].text == "subject          a\\u001b[31m\\nb\\u202e")
  }

  @Test(
    "a span is told in hours, minutes and seconds",
    arguments: [
      (86_399, "in 1s"), (86_340, "in 1m0s"), (82_800, "in 1h0m0s"), (86_400, "0s ago"),
      (90_061, "1h1m1s ago"),
    ])
  func spans(seconds: Int, text: String) throws {
    #expect(try report(after: .seconds(seconds)).lines[5].text.hasSuffix(", \(text)"))
  }
}
