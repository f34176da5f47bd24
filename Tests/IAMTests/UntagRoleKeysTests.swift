import AWSTestSupport
import HTTP
import Testing

/// Which tags a caller may take off a role.
@Suite struct UntagRoleKeysTests {
  @Test("the keys of tags that are to go are aws:TagKeys, which a policy can hold to some")
  func keys() async throws {
    let stack = try await AWSStack()
    let caller = try await stack.caller(
      #"{"Effect":"Allow","Action":"iam:UntagRole","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":"team"}}}"#
    )
    await stack.makeRole()
    func untag(_ keys: [String]) async -> Int {
      let members = keys.enumerated().map { ("TagKeys.member.\($0.offset + 1)", $0.element) }
      return await stack.query(
        "iam", "UntagRole", [("RoleName", "reader")] + members, as: caller
      ).status
    }
    #expect(await untag(["team"]) == 200)
    #expect(await untag(["owner"]) == 403)
    #expect(await untag(["team", "owner"]) == 403)
  }
}
