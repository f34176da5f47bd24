import AWSDoor
import IAMPolicy
import Platform

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

  /// The condition keys with which the service assumes the association's role.
  func serviceKeys(sessionName: String) -> PolicyContext {
    var keys = requestKeys(sessionName: sessionName)
    keys.addServiceKeys(
      PodToken.audience, account: account.id, source: account.clusterARN(cluster.name))
    return keys
  }

  /// The condition keys with which that role's session assumes the target role.
  func chainKeys(sessionName: String) -> PolicyContext {
    var keys = requestKeys(sessionName: sessionName)
    keys["sts:ExternalId"] = association.externalID(in: account).map { [$0] }
    return keys
  }

  private func requestKeys(sessionName: String) -> PolicyContext {
    var keys: PolicyContext = ["sts:RoleSessionName": [sessionName]]
    // EKS Auth calls STS by TLS, whatever the pod's node came by.
    keys.addGlobalKeys(account: account.id, region: account.region, now: now, isSecure: true)
    let tags = tags
    guard !tags.isEmpty else { return keys }
    keys.addTags(tags.map { ($0.key, $0.value) }, of: .request)
    keys["aws:TagKeys"] = tags.map(\.key)
    keys["sts:TransitiveTagKeys"] = tags.map(\.key)
    return keys
  }
}
