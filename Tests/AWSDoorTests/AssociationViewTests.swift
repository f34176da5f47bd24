import Platform
import Testing

@testable import AWSDoor

/// The associations in memory.
@Suite struct AssociationViewTests {
  @Test("an association that goes does not take the one that came in its place")
  func replaced() {
    let workload = Workload(cluster: "local", namespace: "n", serviceAccount: "s")
    func association(_ id: String) -> RoleAssociation {
      RoleAssociation(
        id: id, workload: workload, roleARN: "r", targetRoleARN: nil, disablesSessionTags: false,
        policy: nil, ownerARN: nil, tags: [], created: Instant(seconds: 1),
        modified: Instant(seconds: 1))
    }
    var view = AssociationView(delay: .zero)
    for id in ["a", "b"] { view.publish(association(id), id: id, now: Instant(seconds: 2)) }
    view.publish(nil, id: "a", now: Instant(seconds: 3))
    #expect(view.association(of: workload)?.id == "b" && view["a"] == nil)
    #expect(view.visibleAssociation(of: workload, now: Instant(seconds: 4))?.id == "b")
  }
}
