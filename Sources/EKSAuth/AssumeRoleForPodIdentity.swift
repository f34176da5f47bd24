import AWSDoor
import AdminAPI
import Cryptography
import HTTP
import JSON
import Platform
import PodIdentity

/// Exchanges a pod's ServiceAccount token for credentials of the role that its association names.
struct AssumeRoleForPodIdentity: RESTOperation {
  let name = EventOperation.assumeRoleForPodIdentity
  let method = "POST"
  let path = "/clusters/{clusterName}/assume-role-for-pod-identity"
  let exchange: CredentialExchange

  /// How long credentials last: six hours, and 59 minutes through a target role.
  private static let lifetime = Duration.seconds(21_600)
  private static let chainedLifetime = Duration.seconds(3_540)

  func subject(of body: JSON, caller: Caller) -> EventSubject {
    guard let text = body["token"]?.string, let jwt = try? JWT(compact: text) else {
      return EventSubject()
    }
    return EventSubject(claims: jwt.claims)
  }

  func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let account = call.account
    let clusterName = call.arguments[0]
    let text = try validatedToken(call, clusterName: clusterName)
    try call.authorize(
      "eks-auth:AssumeRoleForPodIdentity", on: account.clusterARN(clusterName))
    guard let keys = exchange.keys(of: clusterName) else {
      throw EKSAuthFailure.unknownCluster(clusterName).refusal
    }
    let cluster = keys.cluster
    let token = try await verifiedToken(text, cluster: cluster, keys: keys, call: call)
    let workload = Workload(
      cluster: clusterName, namespace: token.namespace, serviceAccount: token.serviceAccount)
    guard let association = call.store.visibleAssociation(of: workload),
      call.fault?.isSpecial(ServiceFault.associationNotVisible.name) != true
    else {
      throw EKSAuthFailure.noAssociation(workload).refusal
    }
    call.notes.details["role"] = .string(association.roleARN)
    let session = PodSession(
      token: token, cluster: cluster, association: association, account: account,
      now: exchange.clock.now)
    let issued: IssuedSession
    do throws(EKSAuthFailure) {
      issued = try self.session(of: session, for: call)
    } catch {
      throw error.refusal
    }
    call.notes.details["sessionTags"] = .object(
      issued.tags.reduce(into: JSONObject()) { $0[$1.key] = .string($1.value) })
    do {
      let isStale = call.fault?.isSpecial(ServiceFault.staleCredentials.name) == true
      let credentials = try exchange.sessions.issue(isStale ? issued.ended : issued)
      call.notes.details["assumedRole"] = .string(
        account.assumedRoleARN(role: issued.roleName, session: issued.sessionName))
      call.notes.details["association"] = .string(association.id)
      return answer(
        credentials, issued, session,
        expiration: call.fault.map { $0.expiration(issued) } ?? issued.expires)
    } catch {
      throw EKSAuthFailure.server("\(error)").refusal
    }
  }

  /// The token of the body, if cluster name and token keep to the model.
  private func validatedToken(
    _ call: RESTCall, clusterName: String
  ) throws(Refusal) -> String {
    var constraints = Constraints(quotesValues: true)
    let token = try call.text("token")
    constraints.text("clusterName", clusterName, length: 1...100, pattern: .clusterName)
    constraints.text(
      "token", token, isRequired: true, length: 1...Int.max, pattern: .jwt, isSecret: true)
    if let objection = constraints.objection {
      throw EKSAuthFailure.invalidParameter(objection).refusal
    }
    return token ?? ""
  }

  /// The claims of a token that a key of the cluster signed, for this audience and this time.
  private func verifiedToken(
    _ text: String, cluster: Cluster, keys: ClusterKeys, call: RESTCall
  ) async throws(Refusal) -> PodToken {
    // The model lets `=` pass, which may stand at the end of a part only.
    guard let jwt = try? JWT(compact: text) else {
      throw EKSAuthFailure.token(.malformed("its parts do not decode")).refusal
    }
    call.notes.subject = EventSubject(claims: jwt.claims)
    let set: JWKS
    do throws(JWKSUnavailable) {
      // A kept key answers at once, without a turn of the actor.
      if let kept = keys.kept(with: jwt.keyID) {
        set = kept
      } else {
        set = try await keys.keys(with: jwt.keyID)
      }
    } catch {
      throw EKSAuthFailure.keysUnavailable(error.reason).refusal
    }
    do throws(JWTError) {
      try set.verify(jwt)
    } catch {
      throw EKSAuthFailure.token(.signature(reason(error, set, cluster))).refusal
    }
    do throws(TokenRefusal) {
      let token = try PodToken(claims: jwt.claims)
      if let fault = call.fault {
        if fault.isSpecial(ServiceFault.expiredToken.name) {
          throw TokenRefusal.expired(at: token.expires, now: token.expires)
        }
        if fault.isSpecial(ServiceFault.wrongAudience.name) {
          throw TokenRefusal.audience(["https://kubernetes.default.svc"])
        }
      }
      try token.check(issuer: cluster.issuer, now: exchange.clock.now)
      return token
    } catch {
      throw EKSAuthFailure.token(error).refusal
    }
  }

  private func reason(_ error: JWTError, _ keys: JWKS, _ cluster: Cluster) -> String {
    switch error {
    case .unknownKey(let keyID):
      "its key id \(keyID) is none of cluster \(cluster.name) "
        + "(\(keys.shownKeyIDs))"
    case .algorithm: "its algorithm is not that of the key"
    case .signature: "it was changed, or made with another key"
    case .critical: "its header asks for extensions (crit), of which there are none here"
    }
  }

  /// The session of the association's role, or through it that of the target role.
  private func session(
    of pod: PodSession, for call: RESTCall
  ) throws(EKSAuthFailure) -> IssuedSession {
    let association = pod.association
    let name = pod.name(uuid: call.randomness.uuid())
    guard let role = call.store.role(arn: association.roleARN) else {
      throw .roleMissing(association.roleARN)
    }
    let actions = pod.tags.isEmpty ? ["sts:AssumeRole"] : ["sts:AssumeRole", "sts:TagSession"]
    let assumption = RoleAssumption(authorizer: call.authorizer, account: call.account)
    try assumption.requireTrust(
      of: role, actions: actions, keys: pod.requestKeys(sessionName: name, isChained: false),
      context: pod.serviceContext)
    let now = pod.now
    let target = association.targetRoleARN
    let lifetime =
      exchange.lifetime ?? (target == nil ? Self.lifetime : Self.chainedLifetime)
    let first = IssuedSession(
      roleARN: role.arn, roleID: role.id, sessionName: name, tags: pod.tags, issued: now,
      expires: (now + lifetime).wholeSeconds, policy: target == nil ? association.policy : nil)
    guard let target else { return first }
    guard let targetRole = call.store.role(arn: target) else { throw .roleMissing(target) }
    try assumption.requireChain(
      from: first, to: targetRole, actions: actions,
      keys: pod.requestKeys(sessionName: name, isChained: true), context: pod.globalContext)
    return IssuedSession(
      roleARN: targetRole.arn, roleID: targetRole.id, sessionName: name, tags: pod.tags,
      issued: now, expires: first.expires, policy: association.policy)
  }

  private func answer(
    _ credentials: SessionCredentials, _ issued: IssuedSession, _ pod: PodSession,
    expiration: Instant?
  ) -> JSON {
    let account = pod.account
    var written: JSONObject = [
      "sessionToken": .string(credentials.sessionToken),
      "secretAccessKey": .string(credentials.secretAccessKey),
      "accessKeyId": .string(credentials.accessKeyID),
    ]
    written["expiration"] = expiration.map { .integer($0.seconds) }
    return [
      "subject": [
        "namespace": .string(pod.token.namespace),
        "serviceAccount": .string(pod.token.serviceAccount),
      ],
      "audience": .string(PodToken.audience),
      "podIdentityAssociation": [
        "associationArn": .string(pod.association.arn(in: account)),
        "associationId": .string(pod.association.id),
      ],
      "assumedRoleUser": [
        "arn": .string(
          account.assumedRoleARN(role: issued.roleName, session: issued.sessionName)),
        // So the model spells it, unlike STS.
        "assumeRoleId": .string("\(issued.roleID):\(issued.sessionName)"),
      ],
      "credentials": .object(written),
    ]
  }
}
