package import AWSClient
package import CommandCore
import HTTP
import IAMPolicy
package import JSON
package import KubernetesClient
import PodIdentity

/// The associations of a cluster, and what is said about an account's.
package struct AssociationLookup: Sendable {
  static let annotation = "pod-identity.eks.amazonaws.com/role"
  let account: AccountName
  /// The stack whose cluster has the account.
  package let stack: StackInfo
  let aws: AWSClient
  let kubernetes: KubernetesClient

  /// Of an account of a stack.
  package init(
    account: AccountName, stack: StackInfo, aws: AWSClient, kubernetes: KubernetesClient
  ) {
    self.account = account
    self.stack = stack
    self.aws = aws
    self.kubernetes = kubernetes
  }

  /// An association as the listing shows it, with its cluster.
  struct Summary: Sendable {
    let cluster: String
    let namespace: String
    let name: String
    let id: String
  }

  /// The account's association, whole; nil where there is none.
  package func association() async throws(AWSFailure) -> JSON? {
    let list = try await aws.rest(
      "eks", "GET", EKSPath.association(of: account, in: stack.cluster))
    guard let id = list["associations"]?[0]?["associationId"]?.string else { return nil }
    return try await describe(id, cluster: stack.cluster)
  }

  /// An association, whole.
  func describe(_ id: String, cluster: String) async throws(AWSFailure) -> JSON? {
    try await aws.rest("eks", "GET", EKSPath.association(id, in: cluster))["association"]
  }

  /// The associations of all clusters that aws-api knows.
  func everywhere() async throws(AWSFailure) -> [Summary] {
    var found: [Summary] = []
    for cluster in try await aws.rest("eks", "GET", "/clusters")["clusters"]?.strings ?? [] {
      var query = "?maxResults=100"
      while true {
        let page = try await aws.rest("eks", "GET", EKSPath.associations(in: cluster) + query)
        found += (page["associations"]?.array ?? []).map {
          Summary(
            cluster: cluster, namespace: $0["namespace"]?.string ?? "",
            name: $0["serviceAccount"]?.string ?? "", id: $0["associationId"]?.string ?? "")
        }
        guard let next = page["nextToken"]?.string, !next.isEmpty else { break }
        query = "?maxResults=100&nextToken=\(PercentEncoding.encode(next))"
      }
    }
    return found
  }

  /// What the annotation controller said last about the account.
  func refusal() async -> String? {
    let list = try? await kubernetes.get(
      ObjectPath.core("events", in: account.namespace) + "?"
        + ObjectPath.selecting("involvedObject.name", account.name))
    func time(_ event: JSON) -> ByteText { (event["lastTimestamp"]?.string ?? "").bytes }
    return (list?["items"]?.array ?? [])
      .filter { $0["reason"] == "PodIdentityAssociationFailed" }
      .max { time($0) < time($1) }?["message"]?.string
  }
}

extension RoleLookup {
  /// Whether EKS would take the role for an association: its trust names the service, conditions
  /// apart.
  static func isAssociable(_ trust: JSON) -> Bool {
    guard let document = try? PolicyDocument(json: trust, kind: .trust, isStored: true) else {
      return false
    }
    return TrustRepair.both.allSatisfy { document.mayAllow($0, to: PodIdentityService.name) }
  }
}
