import HTTP
import JSON
import Platform
import Testing

@testable import NodeAgent

/// What the stack asks the agent for itself leaves no trace in what apps get.
@Suite struct OriginTests {
  @Test("credentials that the stack asked for are not kept, and are no app's event")
  func own() async {
    let world = AgentWorld()
    let token = CredentialsEndpointTests.good
    let response = await EventOrigin.$current.withValue(.stack) { await world.send(token: token) }
    #expect(response.status == 200)
    #expect(world.events.entries(after: 0).map(\.event.origin) == [.stack])
    _ = await world.send(token: token)
    #expect(world.source.calls == 2)
    #expect(world.events.entries(after: 1).first?.json["cached"] == false)
    _ = await world.send(token: token)
    #expect(world.source.calls == 2)
    #expect(world.events.entries(after: 1).map(\.event.origin) == [.app, .app])
  }

  @Test("what an app is refused is its own, also while the stack asks the same")
  func refused() async {
    let source = FakeSource(
      .failure(.answered(status: 400, requestID: "r", code: "AccessDeniedException", message: "m")))
    let world = AgentWorld(source)
    let token = CredentialsEndpointTests.good
    async let own = EventOrigin.$current.withValue(.stack) { await world.send(token: token) }
    async let app = world.send(token: token)
    _ = await (own, app)
    let origins = world.events.entries(after: 0).map(\.event.origin.rawValue).sorted()
    #expect(origins == ["app", "stack"])
  }
}
