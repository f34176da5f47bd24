import Testing

@testable import NodeAgent

/// The SDK's retry quota: 500 tokens, 5 a further try, 10 after a timeout.
@Suite struct RetryQuotaTests {
  private static let refused = UpstreamFailure.unreachable("x")
  private static let late = UpstreamFailure.timedOut("x")

  @Test(
    "100 further tries, or 50 after timeouts, then none",
    arguments: [
      (refused, 5), (late, 10), (.cut(status: 200, requestID: "", isLate: false), 5),
      (.cut(status: 200, requestID: "", isLate: true), 10),
      (.answered(status: 503, requestID: "", code: "", message: ""), 5),
    ])
  func exhausted(failure: UpstreamFailure, cost: Int) {
    let quota = RetryQuota()
    for _ in 0..<(500 / cost) { #expect(quota.pay(for: failure) == cost) }
    #expect(quota.pay(for: failure) == nil)
    #expect(quota.available == 0)
  }

  @Test("a try that succeeds gives back what it cost, any other success one token")
  func refilled() {
    let quota = RetryQuota()
    for _ in 0..<2 { _ = quota.pay(for: Self.refused) }
    quota.succeeded(paid: 5)
    #expect(quota.available == 496)
    for _ in 0..<3 { quota.succeeded(paid: 0) }
    #expect(quota.available == 499)
    quota.succeeded(paid: 10)
    #expect(quota.available == 500)
  }

  @Test("what is not tried again costs nothing")
  func free() {
    let quota = RetryQuota()
    for failure in [
      UpstreamFailure.incomplete, .abandoned, .local("x"),
      .answered(status: 400, requestID: "", code: "AccessDeniedException", message: ""),
    ] { #expect(quota.pay(for: failure) == nil) }
    #expect(quota.available == 500)
  }
}
