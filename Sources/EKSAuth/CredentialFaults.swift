import AWSDoor
import AdminAPI
import Platform
import PodIdentity

extension Fault {
  /// The Expiration that the answer gives of a session; nil for none.
  func expiration(_ session: IssuedSession) -> Instant? {
    if isSpecial(ServiceFault.noExpiration.name) { return nil }
    return isSpecial(ServiceFault.pastExpiration.name)
      ? session.ended.expires : session.expires
  }
}

extension IssuedSession {
  /// The same session, over before it began.
  var ended: IssuedSession {
    IssuedSession(
      roleARN: roleARN, roleID: roleID, sessionName: sessionName, tags: tags, issued: issued,
      expires: issued - .seconds(60), policy: policy)
  }
}
