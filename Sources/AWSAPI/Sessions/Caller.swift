package import Platform

/// Who signed a request.
package struct Caller: Sendable {
  /// The ARN that messages and policies know the caller by.
  package let arn: String
  package let account: String
  /// `aws:userid`: the account id of root, `AROA...:session` of a session.
  package let userID: String
  package let accessKeyID: String
  /// What the session token said; nil for the root.
  package let session: IssuedSession?

  /// The account's root, which may do everything.
  package static func root(of account: AWSAccount, accessKeyID: String) -> Caller {
    Caller(
      arn: account.rootARN, account: account.id, userID: account.id, accessKeyID: accessKeyID,
      session: nil)
  }

  /// The holder of temporary credentials.
  package static func session(
    _ session: IssuedSession, of account: AWSAccount, accessKeyID: String
  ) -> Caller {
    Caller(
      arn: account.assumedRoleARN(role: session.roleName, session: session.sessionName),
      account: account.id, userID: "\(session.roleID):\(session.sessionName)",
      accessKeyID: accessKeyID, session: session)
  }

  /// The pod whose session this is, by its tags; nobody for the root.
  package var subject: EventSubject {
    func tag(_ key: String) -> String? { session?.tags.first { $0.key == key }?.value }
    return EventSubject(
      namespace: tag("kubernetes-namespace"), serviceAccount: tag("kubernetes-service-account"),
      pod: tag("kubernetes-pod-name"))
  }

  /// Whether the caller is the account's root.
  package var isRoot: Bool { session == nil }
}
