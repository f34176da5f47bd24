import HTTP
import JSON
import Platform
import Testing

@testable import NodeAgent

/// What becomes of kept credentials when they cannot be renewed, as AWS's agent 0.1.37 was seen to do:
/// four errors of EKS Auth drop them at once, anything else keeps them for another try in one to two
/// minutes.
@Suite struct FailingRenewalTests {
  private static let token = CredentialsEndpointTests.token(#"{"jti":"1"}"#)
  private static let end: Int64 = 1_800_040_000

  /// A world with credentials that are due to be renewed.
  private func due(_ world: AgentWorld = AgentWorld()) async -> AgentWorld {
    world.source.set(.success(AgentAnswer.with(expiration: Self.end)))
    #expect(await world.send(token: Self.token).status == 200)
    world.clock.advance(by: .seconds(3 * 3600))
    #expect(isDue(world))
    return world
  }

  private func isDue(_ world: AgentWorld, in wait: Duration = .zero) -> Bool {
    !world.endpoint.keeper.withCache { $0.due(now: world.clock.now + wait) }.isEmpty
  }

  private func sweep(_ world: AgentWorld, seed: UInt64 = 1) async {
    await CredentialsRenewal(
      keeper: world.endpoint.keeper, randomness: .seeded(seed),
      limiter: RateLimiter(rate: 1e-9, burst: 4)
    ).sweep()
  }

  private static func answered(_ status: Int, _ code: String) -> UpstreamFailure {
    .answered(status: status, requestID: "i", code: code, message: "m")
  }

  static let kept: [UpstreamFailure] = [
    answered(429, "ThrottlingException"), answered(500, "InternalServerException"),
    answered(503, "ServiceUnavailableException"), answered(400, "InvalidParameterException"),
    answered(400, "InvalidRequestException"), answered(403, "WeirdException"), answered(404, ""),
    answered(400, "AccessDenied"), answered(400, "accessdeniedexception"),
    .cut(status: 200, requestID: "i", isLate: false), .unreachable("away"), .timedOut("late"),
    .abandoned, .local("of no use"), .incomplete,
  ]

  @Test("any other failure than the four keeps what there is", arguments: kept)
  func keeps(failure: UpstreamFailure) async {
    let world = await due()
    world.source.set(.failure(failure))
    await sweep(world)
    #expect(world.source.calls == 2)
    #expect(await world.send(token: Self.token).status == 200)
    #expect(world.source.calls == 2)
    #expect(world.metrics.text.contains(#"type="Recoverable"} 1"#))
    #expect(!world.metrics.text.contains("NonRecoverable"))
  }

  @Test(
    "the four drop it, whatever their status",
    arguments: [
      "AccessDeniedException", "ResourceNotFoundException", "ExpiredTokenException",
      "InvalidTokenException",
    ])
  func drops(code: String) async {
    for status in [400, 403, 404, 500] {
      let world = await due()
      world.source.set(.failure(Self.answered(status, code)))
      await sweep(world)
      #expect(world.endpoint.keeper.withCache { $0.count } == 0)
      #expect(await world.send(token: Self.token).status == status)
      #expect(world.metrics.text.contains(#"code="\#(code)",type="NonRecoverable"} 1"#))
    }
  }

  @Test("credentials that would end at once are no renewal")
  func uselessRenewal() async {
    let world = await due()
    let soon = world.clock.now.seconds + 15
    world.source.set(.success(AgentAnswer.with(expiration: soon)))
    await sweep(world)
    #expect(await world.send(token: Self.token).status == 200)
    #expect(world.endpoint.keeper.withCache { $0.held.first?.expires.seconds } == Self.end)
  }

  @Test("the next try comes in one to two minutes, not at the same moment for all")
  func jitter() async {
    var late = 0
    for seed in 0..<40 {
      let world = await due()
      world.source.set(.failure(.unreachable("away")))
      await sweep(world, seed: UInt64(seed))
      #expect(!isDue(world, in: .milliseconds(59_999)))
      #expect(isDue(world, in: .seconds(120)))
      if !isDue(world, in: .seconds(90)) { late += 1 }
    }
    // About half of them.
    #expect((5...35).contains(late))
  }

  @Test("what finds no ticket is put off in the same way, and asked for then")
  func noTicket() async {
    let world = await due()
    let empty = RateLimiter(rate: 1e-9, burst: 0)
    await CredentialsRenewal(
      keeper: world.endpoint.keeper, randomness: .seeded(1), limiter: empty
    ).sweep()
    #expect(world.source.calls == 1)
    #expect(!isDue(world, in: .milliseconds(59_999)))
    #expect(isDue(world, in: .seconds(120)))
  }

  @Test("a try is not put off beyond the credentials' end, nor for those that end at once")
  func nearEnd() async {
    for (left, isStillDue) in [(61, false), (16, false), (15, true), (1, true)] {
      let world = await due()
      world.clock.advance(by: .seconds(Int(Self.end - world.clock.now.seconds) - left))
      world.source.set(.failure(.unreachable("away")))
      await sweep(world)
      #expect(isDue(world) == isStillDue, "\(left) s left")
      #expect(isDue(world, in: .seconds(left)), "\(left) s left")
    }
  }

  @Test("where not all can be renewed at once, those that end first are")
  func order() async {
    let world = AgentWorld()
    for number: Int64 in [2, 0, 1] {
      world.source.set(.success(AgentAnswer.with(expiration: Self.end + number)))
      let token = CredentialsEndpointTests.token(#"{"jti":"\#(number)"}"#)
      #expect(await world.send(token: token).status == 200)
    }
    world.clock.advance(by: .seconds(3 * 3600))
    world.source.set(.success(AgentAnswer.with(expiration: Self.end + 9)))
    // The tickets of two renewals.
    await sweep(world)
    let ends = world.endpoint.keeper.withCache { $0.held.map { $0.expires.seconds - Self.end } }
    #expect(ends.sorted() == [2, 9, 9])
  }

  @Test("what was renewed after a failure is due again after three hours")
  func recovers() async {
    let world = await due()
    world.source.set(.failure(.unreachable("away")))
    await sweep(world)
    world.clock.advance(by: .seconds(120))
    world.source.set(.success(AgentAnswer.with(expiration: Self.end + 40_000)))
    await sweep(world)
    #expect(world.source.calls == 3)
    #expect(!isDue(world, in: .seconds(3 * 3600 - 1)))
    #expect(isDue(world, in: .seconds(3 * 3600)))
    #expect(world.metrics.text.contains(#"cache_state{state="hit"} 1"#))
  }
}
