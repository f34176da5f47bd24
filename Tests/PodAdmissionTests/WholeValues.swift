@testable import PodAdmission

// Tests compare whole values, by all that they show; the servers never do.

extension AssociationPlan: Equatable {
  static func == (left: Self, right: Self) -> Bool { "\(left)" == "\(right)" }
}
