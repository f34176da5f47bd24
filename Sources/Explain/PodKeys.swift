package import CommandCore
package import IAMPolicy
import JSON
package import Platform
import PodIdentity

/// The session of a pod: its tags, and the condition keys that come of them.
package struct PodKeys: Sendable {
  let account: AccountName
  /// The stack whose cluster, region and account the keys name.
  package let stack: StackInfo
  /// The time of the servers, which may be moved.
  package let now: Instant
  /// What stands for the name of a pod that is not known.
  static let unknownPod = "POD"

  static let unknownUID = "UID"

  /// The pod's name.
  package var pod = Self.unknownPod
  /// The pod's UID.
  package var uid = Self.unknownUID
  /// Whether the association turns the tags off.
  var hasTags = true

  /// Of a pod of the account, which need not be known.
  package init(
    account: AccountName, stack: StackInfo, now: Instant, pod: String = Self.unknownPod,
    uid: String = Self.unknownUID, hasTags: Bool = true
  ) {
    self.account = account
    self.stack = stack
    self.now = now
    self.pod = pod
    self.uid = uid
    self.hasTags = hasTags
  }

  /// The six session tags, or none.
  var tags: [(String, String)] {
    guard hasTags else { return [] }
    return [
      ("eks-cluster-arn", clusterARN), ("eks-cluster-name", stack.cluster),
      ("kubernetes-namespace", account.namespace), ("kubernetes-service-account", account.name),
      ("kubernetes-pod-name", pod), ("kubernetes-pod-uid", uid),
    ]
  }

  private var clusterARN: String {
    "arn:aws:eks:\(stack.region):\(stack.account):cluster/\(stack.cluster)"
  }

  /// The session's name, less the random part at its end.
  var sessionName: String { "eks-\(stack.cluster.prefix(10))-\(pod.prefix(10))-UUID" }

  /// What must be allowed for a role to be assumed with these tags.
  var actions: [String] { hasTags ? TrustRepair.both : [TrustRepair.both[0]] }

  /// What the request of either hop has, as EKS Auth makes it.
  private var request: PolicyContext {
    var keys: PolicyContext = ["sts:RoleSessionName": [sessionName]]
    keys.addGlobalKeys(account: stack.account, region: stack.region, now: now, isSecure: true)
    keys.addTags(tags.map { ($0.0, $0.1) }, of: .request)
    if hasTags {
      keys["aws:TagKeys"] = tags.map(\.0)
      keys["sts:TransitiveTagKeys"] = tags.map(\.0)
    }
    return keys
  }

  /// The keys with which the service assumes the association's role.
  func service(to role: RoleLookup) -> PolicyContext {
    var keys = request
    keys.addServiceKeys(PodIdentityService.name, account: stack.account, source: clusterARN)
    keys.addTags(role.tags, of: .resource)
    return keys
  }

  /// The keys with which that role assumes the target role.
  func chain(from role: RoleLookup, to target: RoleLookup, externalID: String?) -> PolicyContext {
    var keys = request
    keys["sts:ExternalId"] = externalID.map { [$0] }
    addSession(of: role, to: &keys)
    keys.addTags(target.tags, of: .resource)
    return keys
  }

  /// The keys of a call that is signed with the pod's credentials.
  package func call(as role: RoleLookup) -> PolicyContext {
    var keys = PolicyContext()
    keys.addGlobalKeys(
      account: stack.account, region: stack.region, now: now,
      isSecure: stack.awsURL.bytes.hasPrefix("https:"))
    addSession(of: role, to: &keys)
    // Processes of this machine call by loopback.
    if stack.isOwn { keys["aws:SourceIp"] = ["127.0.0.1"] }
    return keys
  }

  private func addSession(of role: RoleLookup, to keys: inout PolicyContext) {
    keys.addSessionKeys(
      account: stack.account, role: (role.arn, role.id), sessionName: sessionName, issued: now,
      roleTags: role.tags, sessionTags: tags.map { ($0.0, $0.1) })
  }
}
