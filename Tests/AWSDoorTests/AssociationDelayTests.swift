import Platform
import Testing

@testable import AWSDoor

/// What EKS Auth sees of changes that reach it late.
@Suite struct AssociationDelayTests {
  private static let workload = Workload(cluster: "local", namespace: "n", serviceAccount: "s")

  private static func association(_ role: String) -> RoleAssociation {
    RoleAssociation(
      id: "a", workload: workload, roleARN: role, created: Instant(seconds: 1),
      modified: Instant(seconds: 1))
  }

  @Test("of several changes that are due the last one counts, though nobody asked in between")
  func several() {
    var view = AssociationView(delay: .seconds(10))
    view.publish(Self.association("first"), id: "a", now: Instant(seconds: 1))
    view.publish(Self.association("second"), id: "a", now: Instant(seconds: 2))
    view.publish(nil, id: "a", now: Instant(seconds: 8))
    #expect(
      view.visibleAssociation(of: Self.workload, now: Instant(seconds: 12))?.roleARN == "second")
    view.publish(Self.association("third"), id: "a", now: Instant(seconds: 13))
    view.publish(nil, id: "a", now: Instant(seconds: 14))
    #expect(view.visibleAssociation(of: Self.workload, now: Instant(seconds: 30)) == nil)
  }
}
