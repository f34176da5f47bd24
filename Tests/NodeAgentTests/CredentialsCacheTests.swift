import JSON
import Platform
import Testing

@testable import NodeAgent

@Suite struct CredentialsCacheTests {
  private func entry(_ expires: Int64) throws -> CredentialsCache.Entry {
    CredentialsCache.Entry(
      try AgentCredentials(
        AgentAnswer.with(expiration: expires, in: AgentAnswer.usual)),
      token: try UnverifiedToken(CredentialsEndpointTests.good),
      renewal: Instant(seconds: expires))
  }

  @Test("the token whose credentials were stored longest ago is pushed out, used or not")
  func oldest() throws {
    var cache = CredentialsCache(capacity: 3)
    let now = Instant(seconds: 0)
    for name in ["a", "b", "c"] { cache.keep(try entry(1000), for: name) }
    #expect(cache.evicted == 0)
    #expect(cache.use("a", now: now) != nil)
    // Stored anew: younger than the others now.
    cache.keep(try entry(1000), for: "b")
    cache.keep(try entry(1000), for: "d")
    #expect(cache.evicted == 1)
    #expect(cache.use("a", now: now) == nil)
    #expect(cache.use("b", now: now) != nil)
    #expect(cache.count == 3)
  }

  @Test("credentials that are handed to a pod's next token are as old as they were")
  func handed() throws {
    var cache = CredentialsCache(capacity: 2)
    let now = Instant(seconds: 0)
    func entry(_ pod: ByteText) throws -> CredentialsCache.Entry {
      let plain = try self.entry(1000)
      return CredentialsCache.Entry(
        plain.credentials, token: plain.token, renewal: plain.renewal, pod: pod)
    }
    let first = try entry("a")
    cache.keep(first, for: "a1")
    cache.keep(try entry("b"), for: "b1")
    let moved = cache.hand(first, to: "a2", try UnverifiedToken(CredentialsEndpointTests.good))
    #expect(moved.pod == "a")
    #expect(cache.use("a1", now: now) == nil && cache.use("a2", now: now) != nil)
    #expect(cache.use(pod: "a", now: now) != nil && cache.count == 2)
    cache.keep(try entry("c"), for: "c1")
    #expect(cache.use(pod: "a", now: now) == nil && cache.use("a2", now: now) == nil)
    #expect(cache.use(pod: "b", now: now) != nil)
  }

  @Test("two thousand tokens have credentials at once, and no more")
  func capacity() throws {
    let keeper = CredentialsKeeper(
      source: FakeSource(), clock: ManualClock(Instant(seconds: 0)), metrics: AgentMetrics(),
      log: .none)
    let entry = try entry(1000)
    for number in 1...2000 { keeper.withCache { $0.keep(entry, for: "\(number)") } }
    #expect(
      keeper.withCache { $0.count } == 2000 && keeper.kept("1", now: .init(seconds: 0)) != nil)
    keeper.withCache { $0.keep(entry, for: "another") }
    #expect(
      keeper.withCache { $0.count } == 2000 && keeper.kept("1", now: .init(seconds: 0)) == nil)
    #expect(keeper.metrics.text.contains("pod_identity_cache_state{state=\"evicted\"} 1\n"))
    // One of another size keeps as many as it says.
    let other = CredentialsKeeper(
      source: FakeSource(), clock: ManualClock(Instant(seconds: 0)), metrics: AgentMetrics(),
      log: .none, capacity: 1)
    other.withCache { $0.keep(entry, for: "a") }
    other.withCache { $0.keep(entry, for: "b") }
    #expect(other.kept("a", now: .init(seconds: 0)) == nil)
    #expect(other.kept("b", now: .init(seconds: 0)) != nil)
  }

  @Test(
    "an entry with 15 s left is dropped on access, one that ran out is left to the sweep",
    arguments: [(984, true, 0), (985, false, 1), (999, false, 1), (1000, false, 0)])
  func margin(now: Int64, isKept: Bool, evicted: Int) throws {
    var cache = CredentialsCache()
    cache.keep(try entry(1000), for: "a")
    #expect((cache.use("a", now: Instant(seconds: now)) != nil) == isKept)
    #expect(cache.evicted == evicted)
    #expect(cache.count == 1 - evicted)
    cache.sweep(now: Instant(seconds: now))
    #expect(cache.count == (now < 985 ? 1 : 0))
  }

  @Test(
    "a fractional expiration is cut to milliseconds",
    arguments: [
      ("1800000000.5", "00.5Z"), ("1800000000.123", "00.123Z"), ("1800000000.9999", "00.999Z"),
      ("1800000000.0001", "00Z"), ("1.8e9", "00Z"), ("1800000000.25", "00.25Z"),
    ])
  func fraction(number: String, end: String) throws {
    let answer = AgentAnswer.with(["credentials", "expiration"], .number(number))
    let text = String(decoding: try AgentCredentials(answer).body, as: UTF8.self)
    #expect(text.contains(#""Expiration":"2027-01-15T08:00:\#(end)""#))
  }
}
