import JSON
import Platform
import Testing

@testable import PodAdmission

/// What the controller of annotations does where EKS refuses or is away.
@Suite struct AnnotationFailureTests {
  private let world = AnnotationWorld()
  private static let refusal = AssociationsAPI.Failure.refused(code: "Invalid", message: "no role")

  @Test("a refusal is told once on the account, holds up no other, and is tried again")
  func refused() async {
    let owner = AnnotationWorld.owner
    world.associations.fail("create n/bad", Self.refusal)
    await world.set("bad", role: "r")
    await world.set("good", role: "r")
    let calls = await world.pass()
    #expect(
      Set(calls) == ["list", "create n/bad r \(owner)n/bad", "create n/good r \(owner)n/good"])
    #expect(world.associations.kept == ["a-1 n/good r"])
    #expect(await world.pass() == ["list n/bad", "create n/bad r \(owner)n/bad"])
    #expect(
      world.recorded() == [
        "Normal PodIdentityAssociationCreated: associated with r",
        "Warning PodIdentityAssociationFailed: Invalid: no role",
      ])
    #expect(world.logged == ["association refused"])
    let refused = world.events.entries(after: 0).map(\.json).filter { $0["outcome"] == "refused" }
    #expect(refused.map { $0["reason"]?.string } == ["Invalid: no role"])
    #expect(refused.first?.at("subject", "serviceAccount") == "bad")
    #expect(refused.first?.at("subject", "namespace") == "n")
    #expect(refused.first?["check"]?.string == "association")
    world.associations.fail("create n/bad", nil)
    #expect(await world.pass() == ["list n/bad", "create n/bad r \(owner)n/bad"])
    #expect(await world.pass().isEmpty)
  }

  @Test("a refusal of another kind is told as well, and the first one again")
  func refusedAnew() async {
    await world.set("s", role: "r")
    for message in ["a", "a", "b", "a"] {
      world.associations.fail("create", .refused(code: "C", message: message))
      _ = await world.pass()
    }
    #expect(
      world.events.entries(after: 0).map { $0.json["reason"]?.string } == [
        "C: a", "C: b", "C: a",
      ])
  }

  @Test("passes that fail come soon, then ever later, and at leisure once all is well")
  func pauses() async {
    await world.set("s", role: "r")
    #expect(await world.controller.pause == .seconds(30))
    world.associations.fail("create", Self.refusal)
    for pause in [250, 500, 1000, 2000, 2000] {
      _ = await world.pass()
      #expect(await world.controller.pause == .milliseconds(pause))
    }
    world.associations.fail("create", nil)
    _ = await world.pass()
    #expect(await world.controller.pause == .seconds(30))
  }

  @Test("while EKS is away nothing is forgotten, and the fourth pass in vain is told, once")
  func away() async {
    world.associations.fail("list", .unavailable("away"))
    await world.set("s", role: "r")
    for pass in 1...6 {
      #expect(await world.pass() == ["list"])
      #expect(world.logged == (pass < 4 ? [] : ["associations cannot be kept"]))
      #expect(await world.controller.pause < .seconds(30))
    }
    world.associations.fail("list", nil)
    #expect(await world.pass() == ["list", "create n/s r \(AnnotationWorld.owner)n/s"])
    #expect(world.recorded().count == 1)
    // Counted from the start once it was there.
    world.associations.fail("list", .unavailable("away"))
    await world.set("s", role: "r2")
    for _ in 1...3 { _ = await world.pass() }
    #expect(world.logged.count == 1)
    _ = await world.pass()
    #expect(world.logged.count == 2)
  }

  @Test("a pass that fails midway does not make the next one compare everything")
  func midway() async {
    await world.set("s", role: "r")
    world.associations.fail("create", .unavailable("away"))
    _ = await world.pass()
    #expect(await world.controller.isDue(after: 0))
    #expect(await world.pass().first == "list n/s")
  }
}
