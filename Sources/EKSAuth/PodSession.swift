import AWSDoor
import IAMPolicy
import Platform
import PodIdentity

/// What EKS Auth makes of a verified pod token: session name, session tags, condition keys.
struct PodSession {
  let token: PodToken
  let cluster: Cluster
  let association: RoleAssociation
  let account: AWSAccount
  /// The time of the exchange.
  let now: Instant

  /// `eks-`, ten characters of the cluster, ten of the pod, and a UUID; another one at each call.
  ///
  /// A cut that ends in a hyphen stays as it is.
  func name(uuid: String) -> String {
    "eks-\(cluster.name.prefix(10))-\(token.podName.prefix(10))-\(uuid)"
  }

  /// The six session tags, all transitive; none where the association turns them off.
  var tags: [IssuedSession.Tag] {
    guard !association.disablesSessionTags else { return [] }
    return [
      ("eks-cluster-arn", account.clusterARN(cluster.name)), ("eks-cluster-name", cluster.name),
      ("kubernetes-namespace", token.namespace),
      ("kubernetes-service-account", token.serviceAccount),
      ("kubernetes-pod-name", token.podName), ("kubernetes-pod-uid", token.podUID),
    ].map { IssuedSession.Tag(key: $0.0, value: $0.1, isTransitive: true) }
  }

  /// AWS's own condition keys where the service assumes the association's role.
  var serviceContext: PolicyContext {
    var keys = globalContext
    keys.addServiceKeys(
      PodToken.audience, account: account.id, source: account.clusterARN(cluster.name))
    return keys
  }

  /// AWS's own condition keys of a call to STS.
  var globalContext: PolicyContext {
    var keys = PolicyContext()
    // EKS Auth calls STS by TLS, whatever the pod's node came by.
    keys.addGlobalKeys(account: account.id, region: account.region, now: now, isSecure: true)
    return keys
  }

  /// What the call says of the session, which ``AWSDoor/AWSService/eksAuth`` declares; `isChained` is
  /// the one by which the role's session assumes the target role.
  func requestKeys(sessionName: String, isChained: Bool) -> PolicyContext {
    var keys: PolicyContext = ["sts:RoleSessionName": [sessionName]]
    if isChained { keys["sts:ExternalId"] = association.externalID(in: account).map { [$0] } }
    let tags = tags
    guard !tags.isEmpty else { return keys }
    keys.addTags(tags.map { ($0.key, $0.value) }, of: .request)
    keys["aws:TagKeys"] = tags.map(\.key)
    keys["sts:TransitiveTagKeys"] = tags.map(\.key)
    return keys
  }
}
