import HTTP
import JSON
import Platform
import Testing

@testable import NodeAgent

/// Tokens that no cluster issues: the status is that of AWS's agent, and nothing traps.
@Suite struct TokenTimesTests {
  private static func nested(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
  }

  static let claims: [(String, Int)] = [
    // The fraction of a time is cut off; now is 1,799,990,000.
    (#"{"exp":1799990000.9}"#, 400), (#"{"exp":1799990001.1}"#, 200),
    (#"{"nbf":1799990000.9}"#, 200), (#"{"nbf":1799990001}"#, 400),
    // What 64 bits of seconds do not hold lies in the past.
    (#"{"exp":1e300}"#, 400), (#"{"exp":9223372036854775808}"#, 400), (#"{"exp":-1e300}"#, 400),
    (#"{"exp":9223372036854775807}"#, 400), (#"{"exp":9223371974700000000}"#, 200),
    (#"{"nbf":1e300}"#, 200), (#"{"nbf":9223371974700000000}"#, 400), (#"{"nbf":-1e300}"#, 200),
    (#"{"exp":1e400}"#, 400), (#"{"iat":1e400}"#, 400), (#"{"nbf":"-1e400"}"#, 400),
    // Members are found in any case; the last one counts.
    (#"{"EXP":1}"#, 400), (#"{"Nbf":1799990001}"#, 400), (#"{"exp":1,"Exp":1800000000}"#, 200),
    (#"{"exp":1800000000,"EXP":1}"#, 400), (#"{"Aud":5}"#, 400), (#"{"ISS":5}"#, 400),
    (#"{"exp":null}"#, 200), (#"{"exp":"1800000000"}"#, 200), (#"{"exp":"1"}"#, 400),
    // Halves of surrogate pairs, broken UTF-8 and depth are taken, and the times still count.
    (#"{"x":"\ud800"}"#, 200), (#"{"x":"\ud800","exp":1}"#, 400),
    (#"{"x":"\udc00\ud800\u0041","exp":1800000000}"#, 200),
    (#"{"x":"\\ud800","y":"\"","exp":1}"#, 400),
    (#"{"x":"# + nested(900) + #"}"#, 200), (#"{"x":"# + nested(9_999) + #"}"#, 200),
    (#"{"x":"# + nested(9_999) + #","exp":1}"#, 400), (#"{"x":"# + nested(10_000) + #"}"#, 400),
    (#"{"x":"# + String(repeating: "[", count: 200_000), 400),
  ]

  @Test("judges claims as Go reads them", arguments: claims)
  func judged(claims: String, status: Int) async {
    let world = AgentWorld()
    let response = await world.send(token: CredentialsEndpointTests.token(claims))
    #expect(response.status == status, "\(claims.prefix(60)): \(world.text(response))")
    #expect(world.source.calls == (status == 200 ? 1 : 0))
  }

  @Test(
    "headers are read with the same tolerance, but member names to the byte",
    arguments: [
      (#"{"alg":"RS256","x":"\ud800"}"#, 200), (#"{"ALG":"RS256"}"#, 400),
      (#"{"alg":"\ud800"}"#, 400), (#"{"alg":"RS256","x":"# + nested(500) + #"}"#, 200),
    ])
  func readHeader(header: String, status: Int) async {
    let world = AgentWorld()
    let token = CredentialsEndpointTests.token("{}", header: header)
    #expect(await world.send(token: token).status == status)
  }

  @Test("broken UTF-8 in claims and header is passed over", arguments: [true, false])
  func brokenUTF8(isExpired: Bool) async {
    let broken = Array(#"{"x":""#.utf8) + [0xFF, 0xC3] + Array(#"","#.utf8)
    let claims = broken + Array((isExpired ? #""exp":1}"# : #""exp":1800000000}"#).utf8)
    let header = broken + Array(#""alg":"RS256"}"#.utf8)
    let token = [header, claims].map { Base64.encodeURL($0) }.joined(separator: ".") + ".sig"
    #expect(await AgentWorld().send(token: token).status == (isExpired ? 400 : 200))
  }
}
