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

  @Test("the least recently used token is pushed out")
  func leastRecentlyUsed() throws {
    var cache = CredentialsCache(capacity: 3)
    let now = Instant(seconds: 0)
    for name in ["a", "b", "c"] { #expect(!cache.keep(try entry(1000), for: name)) }
    #expect(cache.use("a", now: now) != nil)
    #expect(cache.keep(try entry(1000), for: "d"))
    #expect(cache.use("b", now: now) == nil)
    #expect(cache.use("a", now: now) != nil)
    #expect(cache.count == 3)
  }

  @Test("an entry with 15 s left is dropped on access", arguments: [(984, true), (985, false)])
  func margin(now: Int64, isKept: Bool) throws {
    var cache = CredentialsCache()
    _ = cache.keep(try entry(1000), for: "a")
    #expect((cache.use("a", now: Instant(seconds: now)) != nil) == isKept)
    #expect(cache.count == (isKept ? 1 : 0))
  }

  @Test("a fractional expiration keeps its fraction")
  func fraction() throws {
    let answer = AgentAnswer.usual
    var object = answer.object ?? [:]
    var credentials = object["credentials"]?.object ?? [:]
    credentials["expiration"] = .number("1800000000.5")
    object["credentials"] = .object(credentials)
    let body = try AgentCredentials(.object(object)).body
    let text = String(decoding: body, as: UTF8.self)
    #expect(text.contains(#""Expiration":"2027-01-15T08:00:00.5Z""#))
  }
}
