import AWSDoor
import JSON

/// Shows an inline policy of a role.
struct GetRolePolicy: QueryOperation {
  let name = "GetRolePolicy"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let policyName = call["PolicyName"]
    let role = try call.role(allowing: name) { $0.policyName(policyName) }
    guard let policy = role.policies.first(where: { $0.name.bytes == policyName?.bytes }) else {
      throw IAMFailure.noRolePolicy(policyName ?? "").refusal
    }
    return [
      "RoleName": .text(role.name), "PolicyName": .text(policy.name),
      "PolicyDocument": .document(policy.text),
    ]
  }
}
