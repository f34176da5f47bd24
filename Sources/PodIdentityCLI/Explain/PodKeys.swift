import IAMPolicy
import JSON
import Platform

/// The session of a pod: its tags, and the condition keys that come of them.
struct PodKeys: Sendable {
  let account: AccountName
  let stack: StackInfo
  /// What stands for the name of a pod that is not known.
  static let unknownPod = "POD"

  /// The pod's name.
  var pod = Self.unknownPod
  var uid = "UID"
  /// Whether the association turns the tags off.
  var hasTags = true

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

  private var requestTags: PolicyContext {
    var keys: PolicyContext = ["sts:RoleSessionName": [sessionName]]
    for (key, value) in tags { keys["aws:RequestTag/\(key)"] = [value] }
    if hasTags {
      keys["aws:TagKeys"] = tags.map(\.0)
      keys["sts:TransitiveTagKeys"] = tags.map(\.0)
    }
    return keys
  }

  /// The keys with which the service assumes the association's role.
  var service: PolicyContext {
    var keys = requestTags
    keys["aws:SourceArn"] = [clusterARN]
    keys["aws:SourceAccount"] = [stack.account]
    keys["aws:PrincipalIsAWSService"] = ["true"]
    keys["aws:PrincipalServiceName"] = [TrustRepair.service]
    return keys
  }

  /// The keys with which that role assumes the target role.
  func chain(from role: String, externalID: String?) -> PolicyContext {
    var keys = requestTags
    keys["sts:ExternalId"] = externalID.map { [$0] }
    keys["aws:PrincipalArn"] = [role]
    keys["aws:PrincipalAccount"] = [stack.account]
    keys["aws:PrincipalIsAWSService"] = ["false"]
    for (key, value) in tags { keys["aws:PrincipalTag/\(key)"] = [value] }
    return keys
  }

  /// The keys of a call that is signed with the pod's credentials.
  func call(as role: RoleLookup, now: Instant) -> PolicyContext {
    var keys: PolicyContext = [
      "aws:PrincipalArn": [role.arn], "aws:PrincipalAccount": [stack.account],
      "aws:PrincipalType": ["AssumedRole"], "aws:PrincipalIsAWSService": ["false"],
      "aws:userid": ["\(role.id):\(sessionName)"], "aws:ResourceAccount": [stack.account],
      "aws:RequestedRegion": [stack.region], "aws:SecureTransport": ["false"],
      "aws:CurrentTime": [now.rfc3339], "aws:EpochTime": ["\(now.seconds)"],
      "aws:TokenIssueTime": [now.rfc3339],
    ]
    // Processes of this machine call by loopback.
    if stack.isOwn { keys["aws:SourceIp"] = ["127.0.0.1"] }
    for (key, value) in tags { keys["aws:PrincipalTag/\(key)"] = [value] }
    return keys
  }
}
