import Platform
import Testing

@testable import Explain

/// What `podid explain` says of the times of a pod's token.
@Suite struct TokenTimesTests {
  @Test(
    "a token of the future, or one that is over, by more than clocks may differ",
    arguments: [
      (1000, 2000, nil), (1005, 2000, nil),
      (
        1006, 2000,
        "has a token that was issued 6 s from now: the stack's clock was moved back since, and "
          + "nobody has renewed the token"
      ),
      (0, 1000, nil), (0, 995, nil),
      (0, 994, "has a token that expired 6 s ago, and nobody has renewed it"),
    ] as [(Int64, Int64, String?)])
  func times(issued: Int64, expires: Int64, text: String?) {
    #expect(
      PodInspection.objection(issued: issued, expires: expires, now: Instant(seconds: 1000)) == text
    )
  }
}
