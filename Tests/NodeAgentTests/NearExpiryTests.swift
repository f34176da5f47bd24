import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import NodeAgent

/// Credentials that end at once, and the sweep that renews those that end soon.
@Suite(.timeLimit(.minutes(10))) struct NearExpiryTests {
  @Test(
    "credentials of no more than 15 s are none, which is told to the hundredth of a second",
    arguments: [
      ("1799990015", "15.00"), ("1799990009.34", "9.34"), ("1799990000.05", "0.05"),
      ("1799990000", "0.00"), ("1799989999.5", "-0.50"), ("1799989995", "-5.00"),
      ("1799990015.001", nil),
    ] as [(String, String?)])
  func told(expiration: String, seconds: String?) async {
    let answer = AgentAnswer.with(["credentials", "expiration"], .number(expiration))
    let world = AgentWorld(FakeSource(.success(answer)))
    let response = await world.send(token: CredentialsEndpointTests.good)
    #expect(response.status == (seconds == nil ? 200 : 500))
    guard let seconds else { return }
    #expect(
      world.text(response)
        == "fetched credentials are expired or will expire within the next \(seconds) seconds\n")
    #expect(world.endpoint.keeper.withCache { $0.count } == 0)
  }

  @Test("a sweep comes every minute, and not before")
  func minutes() async {
    let world = AgentWorld()
    // Due after fifty seconds, at their end.
    world.source.set(.success(AgentAnswer.with(expiration: 1_799_990_050)))
    #expect(await world.send(token: CredentialsEndpointTests.token("{}")).status == 200)
    world.source.set(.success(AgentAnswer.with(expiration: 1_799_990_110)))
    let renewal = world.renewal
    let task = Task { await renewal.run() }
    await eventually { world.clock.sleeperCount == 1 }
    world.clock.advance(by: .seconds(59))
    #expect(world.clock.sleeperCount == 1 && world.source.calls == 1)
    world.clock.advance(by: .seconds(1))
    await eventually { world.source.calls == 2 }
    await eventually { world.clock.sleeperCount == 1 }
    world.clock.advance(by: .seconds(60))
    await eventually { world.source.calls == 3 }
    task.cancel()
    await task.value
  }

  @Test("credentials are kept for three hours at most, however long they are good")
  func retention() async {
    let world = AgentWorld()
    world.source.set(.success(AgentAnswer.with(expiration: 1_800_040_000)))
    #expect(await world.send(token: CredentialsEndpointTests.token("{}")).status == 200)
    let start = world.clock.now
    func due(_ seconds: Int64) -> Int {
      world.endpoint.keeper.withCache { $0.due(now: start + .seconds(seconds)).count }
    }
    #expect(due(10_799) == 0 && due(10_800) == 1)
  }

  @Test("what is due comes in the order of its end; a renewal that was put off is due then")
  func due() throws {
    var cache = CredentialsCache()
    func entry(_ expires: Int64, renewal: Int64) throws -> CredentialsCache.Entry {
      CredentialsCache.Entry(
        try AgentCredentials(AgentAnswer.with(expiration: expires)),
        token: try UnverifiedToken(CredentialsEndpointTests.good),
        renewal: Instant(seconds: renewal))
    }
    cache.keep(try entry(300, renewal: 100), for: "c")
    cache.keep(try entry(100, renewal: 100), for: "a")
    cache.keep(try entry(200, renewal: 101), for: "b")
    func tokens(_ now: Int64) -> [String] {
      cache.due(now: Instant(seconds: now)).map(\.token)
    }
    #expect(tokens(99) == [] && tokens(100) == ["a", "c"] && tokens(101) == ["a", "b", "c"])
    let first = try #require(cache.due(now: Instant(seconds: 100)).first)
    cache.postpone(first.entry, of: "a", to: Instant(seconds: 150))
    #expect(tokens(149) == ["b", "c"] && tokens(150) == ["a", "b", "c"])
    cache.drop(first.entry, of: "a")
    #expect(tokens(150) == ["b", "c"] && cache.evicted == 1)
    // What is gone cannot be put off.
    cache.postpone(first.entry, of: "a", to: Instant(seconds: 160))
    #expect(cache.count == 2)
    cache.sweep(now: Instant(seconds: 200))
    #expect(tokens(200) == ["c"] && cache.evicted == 2)
    cache.flush()
    #expect(cache.count == 0 && cache.evicted == 2)
  }
}
