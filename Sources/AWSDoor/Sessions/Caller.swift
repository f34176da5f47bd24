import JSON
package import Platform
package import PodIdentity

/// Who signed a request.
package struct Caller: Sendable {
  /// The ARN that messages and policies know the caller by.
  package let arn: String
  package let account: String
  /// `aws:userid`: the account id of root, `AROA...:session` of a session, `AIDA...` of a server.
  package let userID: String
  package let accessKeyID: String
  /// What the session token said; nil for a long-term key.
  package let session: IssuedSession?
  /// The server of the stack that this is; nil for any other caller.
  package let service: ServiceUser?

  /// The account's root, which may do everything.
  package static func root(of account: AWSAccount, accessKeyID: String) -> Caller {
    Caller(
      arn: account.rootARN, account: account.id, userID: account.id, accessKeyID: accessKeyID,
      session: nil, service: nil)
  }

  /// Another server of the stack.
  package static func service(
    _ user: ServiceUser, of account: AWSAccount, accessKeyID: String
  ) -> Caller {
    Caller(
      arn: account.iamARN(user.resource), account: account.id,
      userID: "AIDA" + accessKeyID.dropFirst(4), accessKeyID: accessKeyID, session: nil,
      service: user)
  }

  /// The holder of temporary credentials.
  package static func session(
    _ session: IssuedSession, of account: AWSAccount, accessKeyID: String
  ) -> Caller {
    Caller(
      arn: account.assumedRoleARN(role: session.roleName, session: session.sessionName),
      account: account.id, userID: "\(session.roleID):\(session.sessionName)",
      accessKeyID: accessKeyID, session: session, service: nil)
  }

  /// The pod whose session this is, by its tags; nobody for a long-term key.
  package var subject: EventSubject {
    func tag(_ key: ByteText) -> String? {
      session?.tags.first { $0.key.bytes == key }?.value
    }
    return EventSubject(
      namespace: tag("kubernetes-namespace"), serviceAccount: tag("kubernetes-service-account"),
      pod: tag("kubernetes-pod-name"))
  }

  /// Whether the caller is the account's root.
  package var isRoot: Bool { session == nil && service == nil }
}
