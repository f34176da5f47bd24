package import JSON

/// What happened to a ServiceAccount, whose state it carries.
package enum ServiceAccountChange: Sendable {
  /// It is there, new or changed.
  case set(JSON)
  /// It was removed; this was its last state.
  case removed(JSON)
}

/// What came of an account's annotation, for those who look at the account.
package struct AccountRemark: Sendable {
  /// Whether it tells of something to look at.
  package let isWarning: Bool
  /// One word, `PodIdentityAssociationCreated`.
  package let reason: String
  package let message: String

  /// A remark.
  package init(isWarning: Bool = false, reason: String, message: String) {
    self.isWarning = isWarning
    self.reason = reason
    self.message = message
  }
}

/// A cluster's ServiceAccounts, wherever they are kept.
package protocol ServiceAccountSource: Sendable {
  /// Hands over every account that is there, then each change; returns where no more can come.
  func follow(_ note: @Sendable (ServiceAccountChange) async -> Void) async
  /// Tells of an account where its users look.
  func tell(_ remark: AccountRemark, about account: JSON) async
}
