import HTTP
import Testing

@testable import NodeAgent

/// Keys of a cluster that is another one now.
@Suite struct OtherClusterTests {
  @Test("the keys of the cluster of before check nothing once there is another")
  func other() async throws {
    let world = AgentWorld(generation: .second)
    let former = try GenerationTests.TestCluster()
    await world.keys.use(former.read)
    #expect(await world.send(token: try former.token(1)).status == 200)
    let present = try GenerationTests.TestCluster()
    present.set(isAway: true)
    await world.keys.use(present.read)
    #expect(await world.send(token: try former.token(2)).status == 200)
    // EKS Auth was asked again.
    #expect(world.source.calls == 2)
  }
}
