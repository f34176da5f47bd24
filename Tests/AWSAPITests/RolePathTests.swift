import AWSTestSupport
import HTTP
import JSON
import Testing

/// What a role's path is seen in, and what it is not.
@Suite struct RolePathTests {
  @Test("the ARN of a role has its path, that of its sessions has not")
  func session() async throws {
    let stack = try await AWSStack()
    let created = await stack.query(
      "iam", "CreateRole",
      [
        ("RoleName", "app"), ("Path", "/team/blue/"),
        ("AssumeRolePolicyDocument", AWSStack.trust),
      ])
    #expect(created.element("Arn") == "arn:aws:iam::111122223333:role/team/blue/app")
    await stack.associate("team/blue/app")
    let answer = await stack.assume(try stack.token())
    let start = "arn:aws:sts::111122223333:assumed-role/app/eks-local-app-1-"
    let shown = answer.json?.at("assumedRoleUser", "arn")?.string ?? ""
    #expect(shown.hasPrefix(start))
    let caller = await stack.query(
      "sts", "GetCallerIdentity", as: try #require(answer.credentials))
    #expect(caller.element("Arn") == shown)
  }

  @Test("a denial names the session without its role's path")
  func denial() async throws {
    let stack = try await AWSStack()
    _ = await stack.query(
      "iam", "CreateRole",
      [("RoleName", "app"), ("Path", "/team/"), ("AssumeRolePolicyDocument", AWSStack.trust)])
    await stack.associate("team/app")
    let caller = try #require(try await stack.podCredentials())
    let message = await stack.query("iam", "ListRoles", as: caller).failure.message
    #expect(
      message.hasPrefix("User: arn:aws:sts::111122223333:assumed-role/app/eks-local-app-1-"))
  }
}
