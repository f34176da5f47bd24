import JSON
import Platform
import PodIdentity
import Testing

@testable import PodAdmission

/// Associations follow the annotations of accounts.
@Suite(.timeLimit(.minutes(10))) struct AnnotationControllerTests {
  private let world = AnnotationWorld()

  @Test("an annotation makes an association, changes its role, and takes it away")
  func follows() async {
    #expect(await world.set("s", role: "r1"))
    #expect(await world.pass() == ["list", "create n/s r1 \(AnnotationWorld.owner)n/s"])
    #expect(await world.set("s", role: "r2"))
    #expect(await world.pass() == ["list n/s", "describe a-1", "update a-1 r2"])
    #expect(world.associations.kept == ["a-1 n/s r2"])
    #expect(await world.set("s", role: nil))
    #expect(await world.pass() == ["list n/s", "delete a-1"])
    #expect(world.associations.kept.isEmpty)
    #expect(await world.pass().isEmpty)
    #expect(
      world.recorded() == [
        "Normal PodIdentityAssociationCreated: associated with r1",
        "Normal PodIdentityAssociationDeleted: no longer associated",
        "Normal PodIdentityAssociationUpdated: associated with r2",
      ])
    let told = world.events.entries(after: 0).map(\.json)
    #expect(
      told.map { $0["reason"]?.string } == [
        "associated with r1", "associated with r2", "no longer associated",
      ])
    for event in told {
      #expect(event["operation"]?.string == EventOperation.annotationAssociation)
      #expect(event.at("subject", "namespace") == "n")
      #expect(event.at("subject", "serviceAccount") == "s")
    }
  }

  @Test("only a change of the role is something to do")
  func notes() async {
    #expect(await !world.set("s", role: nil))
    #expect(await world.set("s", role: "r"))
    #expect(await !world.set("s", role: "r"))
    #expect(await !world.set("s", role: "r", ["labels": ["a": "b"]]))
    #expect(await world.set("s", role: "R"))
    // An account on its way out wants nothing any more.
    #expect(await world.set("s", role: "R", ["deletionTimestamp": "2026-01-01T00:00:00Z"]))
    #expect(
      await world.controller.note(.removed(AnnotationWorld.account("s", role: "R"))))
    #expect(
      await !world.controller.note(.removed(AnnotationWorld.account("s", role: "R"))))
  }

  @Test("an account that is removed takes its association with it")
  func removed() async {
    await world.set("s", role: "r")
    _ = await world.pass()
    #expect(
      await world.controller.note(.removed(AnnotationWorld.account("s", role: "r"))))
    #expect(await world.pass() == ["list n/s", "delete a-1"])
    #expect(world.associations.kept.isEmpty)
  }

  @Test("the first pass settles what was left behind, and leaves what is another's")
  func compared() async {
    let owner = AnnotationWorld.owner
    let table = world.associations
    table.put("gone", "n", "gone", role: "r", owner: owner + "n/gone")
    table.put("same", "n", "same", role: "r", owner: owner + "n/same")
    table.put("other", "n", "other", role: "r", owner: owner + "m/other")
    table.put("user", "n", "user", role: "r")
    await world.set("same", role: "r")
    #expect(await Set(world.pass()) == ["list", "delete gone", "describe same"])
    #expect(table.kept == ["same n/same r", "other n/other r", "user n/user r"])
    #expect(await world.pass().isEmpty)
  }

  @Test("another's association wins, which is told once, until it goes")
  func kept() async {
    world.associations.put("x", "n", "s", role: "other")
    await world.set("s", role: "r")
    #expect(await world.pass() == ["list"])
    let message = "association x was not made by the annotation and wins"
    #expect(world.recorded() == ["Normal PodIdentityAssociationKept: \(message)"])
    await world.set("s", role: "r2")
    #expect(await world.pass() == ["list n/s"])
    #expect(world.events.entries(after: 0).count == 1)
    world.associations.drop("x")
    #expect(await world.controller.isDue(after: 0))
    #expect(
      await world.pass() == ["list", "create n/s r2 \(AnnotationWorld.owner)n/s"])
    // The same is told again where it happens again.
    world.associations.drop("a-1")
    world.associations.put("x", "n", "s", role: "other")
    #expect(await world.controller.isDue(after: 0))
    _ = await world.pass()
    #expect(
      world.events.entries(after: 0).map { $0.json["reason"]?.string }
        == [message, "associated with r2", message])
  }

  @Test("what goes behind the controller's back is made again")
  func resync() async {
    await world.set("s", role: "r")
    _ = await world.pass()
    world.associations.drop("a-1")
    #expect(await world.pass().isEmpty)
    #expect(await world.controller.isDue(after: 0))
    #expect(await world.pass() == ["list", "create n/s r \(AnnotationWorld.owner)n/s"])
    // An earlier pass asks for nothing.
    #expect(await !world.controller.isDue(after: 1))
    #expect(await world.pass().isEmpty)
  }

  @Test("it works by what it watches")
  func watches() async {
    let (accounts, table) = (world.accounts, world.associations)
    var changes = table.changes.makeAsyncIterator()
    accounts.put(AnnotationWorld.account("s", role: "r"))
    let task = Task { [world] in await world.controller.run() }
    _ = await changes.next()
    #expect(table.kept == ["a-1 n/s r"])
    accounts.put(AnnotationWorld.account("s", role: nil))
    _ = await changes.next()
    #expect(table.kept.isEmpty)
    task.cancel()
    await task.value
  }
}
