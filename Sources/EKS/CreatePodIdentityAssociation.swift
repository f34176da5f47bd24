import AWSDoor
import JSON
import Platform
import PodIdentity

/// Ties a ServiceAccount to a role; neither it nor its namespace need exist.
struct CreatePodIdentityAssociation: RESTOperation {
  let name = "CreatePodIdentityAssociation"
  let method = "POST"
  let path = "/clusters/{name}/pod-identity-associations"
  let clusters: [Cluster]

  func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    let account = call.account
    try call.authorize(
      "eks:CreatePodIdentityAssociation", on: account.clusterARN(call.arguments[0]))
    let cluster = try call.cluster(among: clusters)
    let workload = Workload(
      cluster: cluster.name,
      namespace: try call.requiredText("namespace", pattern: .objectName),
      serviceAccount: try call.requiredText("serviceAccount", pattern: .objectName))
    let roleARN = try call.requiredText("roleArn")
    let target = try call.text("targetRoleArn").flatMap { $0.isEmpty ? nil : $0 }
    let policy = try call.text("policy").flatMap { $0.isEmpty ? nil : $0 }
    let disablesTags = try call.flag("disableSessionTags") ?? false
    let tags = try call.tags()
    let token = try call.requestToken(name)
    try call.checkTarget(target)
    try call.checkPolicy(policy, disablesSessionTags: disablesTags)
    _ = try call.associableRole(roleARN)

    let now = call.store.now
    let association = RoleAssociation(
      id: "a-" + call.randomness.string(17, from: "abcdefghijklmnopqrstuvwxyz0123456789"),
      workload: workload, roleARN: roleARN, targetRoleARN: target,
      disablesSessionTags: disablesTags, policy: policy,
      // Differs from AWS: `ownerArn` can be given; AWS sets it for its own services and add-ons.
      ownerARN: try call.text("ownerArn"), tags: tags, created: now, modified: now)
    let change = try await call.stored(failure: call.serverFailure) {
      try await call.store.add(association, token: token)
    }
    return try call.association(after: change, id: association.id, cluster: cluster)
      .answer(in: account)
  }
}
