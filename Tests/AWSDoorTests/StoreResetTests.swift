import AWSTestSupport
import HTTP
import Testing

@testable import AWSDoor

/// What a role that is made anew has of the one before it.
@Suite struct StoreResetTests {
  @Test("a role that is made after a reset has no policy of the one of its name before")
  func policies() async throws {
    let stack = try await AWSStack()
    let policy = #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("s3:*"))]}"#
    await stack.makeRole(policy: policy)
    #expect(stack.context.store.role(named: "reader")?.policies.count == 1)
    try await stack.context.store.reset()
    await stack.makeRole()
    #expect(stack.context.store.role(named: "reader")?.policies.isEmpty == true)
    #expect(
      await stack.query(
        "iam", "GetRolePolicy", [("RoleName", "reader"), ("PolicyName", "inline")]
      ).status == 404)
  }
}
