import HTTP
import JSON
import Platform
import Testing

@testable import NodeAgent

/// The sweep once a minute.
@Suite struct RenewalTests {
  private static let denied = UpstreamFailure.answered(
    status: 404, requestID: "i", code: "ResourceNotFoundException", message: "m")

  private static func token(_ number: Int) -> String {
    CredentialsEndpointTests.token(#"{"jti":"\#(number)"}"#)
  }

  private func evicted(_ world: AgentWorld) -> Int? {
    let line = world.metrics.text.split(separator: "\n").first { $0.contains(#"="evicted"}"#) }
    return line.flatMap { Int($0.split(separator: " ").last ?? "") }
  }

  @Test("renews what is due, and drops it where renewing has no prospect")
  func renewal() async {
    let world = AgentWorld()
    let token = Self.token(0)
    #expect(await world.send(token: token).status == 200)
    world.clock.advance(by: .seconds(9_000))
    await world.renewal.sweep()
    #expect(world.source.calls == 1)
    // Due once they are older than the time that was left, which is under three hours here.
    world.source.set(.success(AgentAnswer.with(expiration: 1_800_020_000)))
    world.clock.advance(by: .seconds(1_000))
    await world.renewal.sweep()
    #expect(world.source.calls == 2)
    #expect(await world.send(token: token).status == 200)
    #expect(world.source.calls == 2)
    world.source.set(.failure(Self.denied))
    world.clock.advance(by: .seconds(3 * 3600))
    await world.renewal.sweep()
    #expect(await world.send(token: token).status == 404)
    #expect(evicted(world) == 1)
  }

  @Test(
    "of five whose credentials ran out two are renewed, and the rest goes",
    arguments: [true, false])
  func expired(isDenied: Bool) async {
    let world = AgentWorld()
    world.source.set(.success(AgentAnswer.with(expiration: 1_799_990_150)))
    for number in 0..<5 { #expect(await world.send(token: Self.token(number)).status == 200) }
    world.clock.advance(by: .seconds(180))
    world.source.set(
      isDenied ? .failure(Self.denied) : .success(AgentAnswer.with(expiration: 1_799_990_330)))
    await world.renewal.sweep()
    #expect(world.source.calls == 7)
    #expect(evicted(world) == (isDenied ? 5 : 3))
    // The rest is not asked for any more; what was renewed is.
    world.clock.advance(by: .seconds(180))
    await world.renewal.sweep()
    #expect(world.source.calls == (isDenied ? 7 : 9))
  }

  @Test("what finds no ticket, or fails for a while, is kept and waits for a minute or two")
  func postponed() async {
    let world = AgentWorld()
    world.source.set(.success(AgentAnswer.with(expiration: 1_800_040_000)))
    for number in 0..<3 { #expect(await world.send(token: Self.token(number)).status == 200) }
    world.clock.advance(by: .seconds(3 * 3600))
    world.source.set(.failure(.unreachable("away")))
    await world.renewal.sweep()
    #expect(world.source.calls == 5)
    world.clock.advance(by: .seconds(59))
    await world.renewal.sweep()
    #expect(world.source.calls == 5)
    world.clock.advance(by: .seconds(62))
    await world.renewal.sweep()
    #expect(world.source.calls > 5)
    for number in 0..<3 { #expect(await world.send(token: Self.token(number)).status == 200) }
    #expect(evicted(world) == nil)
    #expect(world.metrics.text.contains(#"code="Unknown",type="Recoverable"} "#))
  }

  @Test(
    "errors with which kept credentials go at once",
    arguments: [
      ("ResourceNotFoundException", true), ("ExpiredTokenException", true),
      ("InvalidTokenException", true), ("AccessDeniedException", true),
      ("ThrottlingException", false), ("InternalServerException", false),
      ("InvalidRequestException", false), ("InvalidParameterException", false), ("", false),
    ])
  func irrecoverable(code: String, isGone: Bool) async {
    let world = AgentWorld()
    world.source.set(.success(AgentAnswer.with(expiration: 1_800_040_000)))
    #expect(await world.send(token: Self.token(0)).status == 200)
    world.clock.advance(by: .seconds(3 * 3600))
    world.source.set(
      .failure(.answered(status: 400, requestID: "i", code: code, message: "m")))
    await world.renewal.sweep()
    #expect(world.source.calls == 2)
    #expect(evicted(world) == (isGone ? 1 : nil))
    #expect(await world.send(token: Self.token(0)).status == (isGone ? 400 : 200))
  }

  @Test("each way out of the cache counts as evicted: the 15 s rule, a full cache, the sweep")
  func counted() async {
    let world = AgentWorld(capacity: 2)
    world.source.set(.success(AgentAnswer.with(expiration: 1_799_990_100)))
    for number in 0..<3 { #expect(await world.send(token: Self.token(number)).status == 200) }
    #expect(evicted(world) == 1)
    world.clock.advance(by: .seconds(90))
    world.source.set(.failure(Self.denied))
    #expect(await world.send(token: Self.token(2)).status == 404)
    #expect(evicted(world) == 2)
    world.clock.advance(by: .seconds(20))
    world.source.set(.failure(.unreachable("away")))
    await world.renewal.sweep()
    #expect(evicted(world) == 3)
    #expect(world.source.calls == 5)
    // A flush is no eviction.
    world.endpoint.keeper.flush()
    #expect(evicted(world) == 3)
  }

  @Test("a renewal waits for its second ticket", .timeLimit(.minutes(10)))
  func ticket() async {
    let limiter = RateLimiter(rate: 20, burst: 1)
    #expect(limiter.allows())
    let start = ContinuousClock.now
    await limiter.ticket()
    #expect(ContinuousClock.now - start >= .milliseconds(40))
  }
}
