import JSON
import Platform
import Testing

@testable import Kubelet

/// Times that an API server or a Node object may name.
@Suite struct HostileTimesTests {
  @Test(
    "a token that expires at any time has a renewal",
    arguments: [
      "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
      "9999-12-31T23:59:59Z", "2262-04-11T23:47:16Z",
    ])
  func renewals(text: String) throws {
    let expires = try #require(Instant(rfc3339: text))
    for issued in [Instant(seconds: 1_800_000_000), Instant(nanoseconds: .max), .init(seconds: 0)] {
      for jitter in [0, 0.5, 1, .infinity] {
        let renewal = TokenSchedule.renewal(issued: issued, expires: expires, jitter: jitter)
        #expect(renewal >= issued)
        #expect(renewal <= max(expires, issued))
      }
    }
  }

  @Test(
    "a node's clock offset that is no number of seconds is none",
    arguments: ["nan", "inf", "-inf", "1e300", "-1e300", "", "1s", "3200000001", "0x", "1\0"])
  func offsets(text: String) {
    let node: JSON = ["metadata": ["annotations": [NodeClock.annotation: .string(text)]]]
    #expect(NodeClock.offset(of: node) == .zero)
  }
}
