import Testing

@testable import PodAdmission

/// What is done about an account's association, by what is wanted and what is there.
@Suite struct AssociationPlanTests {
  private static func association(role: String?, owner: String?) -> PodIdentityAssociation {
    PodIdentityAssociation(
      id: "a-1", namespace: "n", account: "s", roleARN: role, ownerARN: owner)
  }

  private static let cases:
    [(wanted: String?, existing: PodIdentityAssociation?, step: AssociationPlan)] = [
      (nil, nil, .nothing),
      ("r", nil, .create),
      // Another's wins, whatever its role.
      (nil, association(role: nil, owner: nil), .nothing),
      (nil, association(role: "r", owner: "other"), .nothing),
      ("r", association(role: "r", owner: nil), .leaveToOwner(id: "a-1")),
      ("r", association(role: "x", owner: "other"), .leaveToOwner(id: "a-1")),
      // Its own follows the annotation.
      (nil, association(role: nil, owner: "own"), .delete(id: "a-1")),
      (nil, association(role: "r", owner: "own"), .delete(id: "a-1")),
      ("r", association(role: nil, owner: "own"), .describe(id: "a-1")),
      ("r", association(role: "r", owner: "own"), .nothing),
      ("r", association(role: "R", owner: "own"), .update(id: "a-1")),
      // By bytes: é is not e with an accent behind it.
      ("\u{E9}", association(role: "e\u{301}", owner: "own"), .update(id: "a-1")),
    ]

  @Test("the next step", arguments: cases)
  func next(wanted: String?, existing: PodIdentityAssociation?, step: AssociationPlan) {
    let account = AnnotatedAccount(namespace: "n", name: "s", roleARN: wanted)
    let next = AssociationPlan.next(for: account, existing: existing, ownerARN: "own")
    #expect(next == step)
  }
}
