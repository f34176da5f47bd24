import JSON
import Platform
import Testing

@testable import PodAdmission

/// Accounts of one name in two namespaces, and what is forgotten of those that want nothing more.
@Suite struct AnnotationNamesTests {
  private let world = AnnotationWorld()

  private func account(_ namespace: String, role: String?) -> JSON {
    var account = AnnotationWorld.account("s", role: role).object ?? [:]
    account.edit("metadata") { $0["namespace"] = .string(namespace) }
    return .object(account)
  }

  @Test("accounts of one name in two namespaces have an association each")
  func namespaces() async {
    let owner = AnnotationWorld.owner
    for namespace in ["n", "m"] {
      #expect(await world.controller.note(.set(account(namespace, role: "r-\(namespace)"))))
    }
    #expect(
      await Set(world.pass()) == [
        "list", "create n/s r-n \(owner)n/s", "create m/s r-m \(owner)m/s",
      ])
    #expect(await world.controller.note(.removed(account("n", role: nil))))
    #expect(await world.pass().first == "list n/s")
    #expect(world.associations.kept.map { $0.split(separator: " ")[1] } == ["m/s"])
  }

  @Test("what was told of an account is told again where it wants a role anew")
  func told() async {
    world.associations.put("x", "n", "s", role: "other")
    for role in ["r", nil, "r"] as [String?] {
      await world.set("s", role: role)
      _ = await world.pass()
    }
    #expect(
      world.events.entries(after: 0).map { $0.json["reason"]?.string }
        == Array(repeating: "association x was not made by the annotation and wins", count: 2))
    #expect(world.associations.kept == ["x n/s other"])
  }

  @Test("a remark is made on the account as it was last seen, and on none that is gone")
  func remarks() async {
    world.associations.fail("create", .refused(code: "C", message: "m"))
    await world.set("s", role: "r")
    _ = await world.pass()
    #expect(world.accounts.told == ["Warning PodIdentityAssociationFailed: C: m"])
    world.associations.fail("create", nil)
    _ = await world.pass()
    #expect(
      world.accounts.told.last == "Normal PodIdentityAssociationCreated: associated with r")
    #expect(await world.controller.note(.removed(AnnotationWorld.account("s", role: "r"))))
    _ = await world.pass()
    #expect(world.accounts.told.count == 2)
    #expect(world.events.entries(after: 0).last?.json["reason"] == "no longer associated")
  }

  @Test("an association that goes between two steps is made again")
  func between() async {
    await world.set("s", role: "r")
    _ = await world.pass()
    world.associations.drop("a-1")
    world.associations.put(
      "a-9", "n", "s", role: "old", owner: "\(AnnotationWorld.owner)n/s")
    await world.set("s", role: "new")
    #expect(await world.pass() == ["list n/s", "describe a-9", "update a-9 new"])
    // The same role needs no change.
    #expect(await world.controller.isDue(after: 0))
    #expect(await world.pass() == ["list", "describe a-9"])
  }

  @Test(
    "the next step by what is wanted and what is there",
    arguments: [
      (nil, nil, nil, "nothing"), ("r", nil, nil, "create"),
      (nil, "o", "r", #"delete(id: "i")"#), ("r", "o", nil, #"describe(id: "i")"#),
      ("r", "o", "r", "nothing"), ("r", "o", "q", #"update(id: "i")"#),
      (nil, "other", "r", "nothing"), ("r", "other", "r", #"leaveToOwner(id: "i")"#),
      ("r", "", nil, #"leaveToOwner(id: "i")"#), ("R", "o", "r", #"update(id: "i")"#),
    ] as [(String?, String?, String?, String)])
  func plan(wanted: String?, owner: String?, role: String?, step: String) {
    let existing = owner.map {
      PodIdentityAssociation(
        id: "i", namespace: "n", account: "s", roleARN: role, ownerARN: $0.isEmpty ? nil : $0)
    }
    let next = AssociationPlan.next(
      for: AnnotatedAccount(namespace: "n", name: "s", roleARN: wanted), existing: existing,
      ownerARN: "o")
    #expect("\(next)" == step)
  }
}
