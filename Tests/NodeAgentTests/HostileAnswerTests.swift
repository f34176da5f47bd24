import HTTP
import JSON
import Platform
import Testing

@testable import NodeAgent

/// EKS Auth's answers with numbers and texts that no EKS Auth sends.
@Suite struct HostileAnswerTests {
  /// Beyond the years that 64 bits of nanoseconds hold, AWS's agent is in the wrong year too.
  @Test(
    "an expiration that is no time is judged as AWS's agent judges it, and the agent lives on",
    arguments: [
      // Milliseconds for seconds: the product wraps round.
      ("1800000000000", 500, "-9223372036.85"),
      ("4102444800000", 200, #""Expiration":"2200-04-20T22:07:16.479541"#),
      // What does not fit is the end of the numbers, which wraps to the epoch.
      ("1e300", 500, "-1799990000.00"), ("-1e300", 500, "-1799990000.00"),
      ("9223372036854775807", 500, "-1799990000.00"), ("-1e18", 500, "-1799990000.00"),
      ("-9223372036", 500, "-9223372036.85"), ("0", 500, "-1799990000.00"),
      ("-1.5", 500, "-1799990001.50"),
      ("9223372035.5", 200, #""Expiration":"2262-04-11T23:47:15.5Z""#),
      // No number to the SDK, so that the answer is none.
      ("1e400", 200, "[]\n"), (#""1800000000""#, 200, "[]\n"), ("true", 200, "[]\n"),
      ("[]", 200, "[]\n"), ("{}", 200, "[]\n"),
    ])
  func expirations(text: String, status: Int, part: String) async throws {
    let answer = AgentAnswer.with(["credentials", "expiration"], try JSON.parse(text))
    let world = AgentWorld(FakeSource(.success(answer)))
    let token = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
    let response = await world.send(token: token)
    #expect(response.status == status, "\(world.text(response))")
    #expect(world.text(response).contains(part), "\(world.text(response))")
    world.source.set(.success(AgentAnswer.usual))
    #expect(await world.send(token: token).status == 200)
  }
}
