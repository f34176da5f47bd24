import AWSDoor
import JSON
import Platform
import PodIdentity

/// Makes a role with its trust policy.
struct CreateRole: QueryOperation {
  let name = "CreateRole"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let roleName = call["RoleName"]
    let trust = call["AssumeRolePolicyDocument"]
    let path = call["Path"]
    let description = call["Description"]
    let boundary = call["PermissionsBoundary"]
    let tags = call.tags()
    let seconds = try call.integer("MaxSessionDuration")
    try call.check { constraints in
      constraints.roleName(roleName)
      constraints.document("assumeRolePolicyDocument", trust)
      constraints.text("path", path, length: 1...512, pattern: .path)
      constraints.text("description", description, length: 0...1000, pattern: .description)
      constraints.text("permissionsBoundary", boundary, length: 20...2048)
      constraints.number("maxSessionDuration", seconds, range: 3600...43_200)
      constraints.tags(tags)
    }
    let name = roleName ?? ""
    let arn = call.account.iamARN("role\(path ?? "/")\(name)")
    try call.authorize("iam:CreateRole", on: arn, context: tags.requestKeys)
    let checkedTags = try call.checkedTags()
    try call.checkTrust(trust ?? "")
    // Managed policies are not kept here, so no boundary can exist.
    if let boundary {
      throw
        (boundary.bytes.contains(":policy/")
        ? IAMFailure.noPolicy(arn: boundary) : IAMFailure.invalidARN(boundary)).refusal
    }
    let role = RoleStore.NewRole(
      name: name,
      id: "AROA" + call.randomness.string(17, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
      path: path ?? "/", trustText: trust ?? "",
      description: description,
      maxSessionSeconds: seconds ?? 3600, tags: checkedTags)
    let added = try await call.stored { try await call.store.add(role) }
    guard let added else { throw IAMFailure.roleExists(name).refusal }
    return ["Role": added.newMembers]
  }
}
