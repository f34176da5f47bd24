import AWSDoor
import JSON
import Platform

/// Changes an association's role, target role, session tags or policy; an absent member keeps its
/// value, an empty text removes it.
struct UpdatePodIdentityAssociation: RESTOperation {
  let name = "UpdatePodIdentityAssociation"
  let method = "POST"
  let path = "/clusters/{name}/pod-identity-associations/{associationId}"
  let clusters: [Cluster]

  func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let account = call.account
    let cluster = try call.cluster(among: clusters)
    let id = try call.associationID()
    try call.authorize(name.action, on: call.associationARN(id, cluster: cluster))
    let roleARN = try call.text("roleArn")
    let target = try call.text("targetRoleArn")
    let policy = try call.text("policy")
    let disablesTags = try call.flag("disableSessionTags")
    let token = try call.requestToken(name)
    guard let current = call.store.association(id, cluster: cluster.name) else {
      throw EKSFailure.noAssociation(id, cluster: cluster.name).refusal
    }
    try call.checkTarget(target.flatMap { $0.isEmpty ? nil : $0 })
    try call.checkPolicy(
      (policy ?? current.policy).flatMap { $0.isEmpty ? nil : $0 },
      disablesSessionTags: disablesTags ?? current.disablesSessionTags)
    if let roleARN { _ = try call.associableRole(roleARN) }

    let now = call.store.now
    let change = try await call.stored(failure: call.serverFailure) {
      try await call.store.update(id, cluster: cluster.name, token: token) { association in
        if let roleARN { association.roleARN = roleARN }
        if let target { association.targetRoleARN = target.isEmpty ? nil : target }
        if let disablesTags { association.disablesSessionTags = disablesTags }
        if let policy { association.policy = policy.isEmpty ? nil : policy }
        association.modified = now
      }
    }
    return try call.association(after: change, id: id, cluster: cluster).answer(in: account)
  }
}

extension String {
  /// The action of EKS that an operation's name stands for.
  var action: String { "eks:\(self)" }
}
