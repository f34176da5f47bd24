import AWSTestSupport
import HTTP
import Testing

/// GetAccountSummary: a map in the query protocol.
@Suite struct AccountSummaryTests {
  @Test("what is there is counted, beside AWS's quotas, each key once")
  func counts() async throws {
    let stack = try await AWSStack()
    func summary() async -> [String: Int] {
      let answer = await stack.query("iam", "GetAccountSummary")
      let entries = answer.element("SummaryMap").split(separator: "<entry>").map { entry in
        entry.split(separator: "</value></entry>").first?.split(separator: "</key><value>") ?? []
      }
      return Dictionary(
        entries.map { (String($0[0].dropFirst("<key>".count)), Int($0[1]) ?? -1) },
        uniquingKeysWith: { _, _ in -1 })
    }
    let empty = await summary()
    #expect(empty.count == 34 && empty.values.allSatisfy { $0 >= 0 })
    #expect(empty["Roles"] == 0 && empty["Providers"] == 0 && empty["Policies"] == 0)
    #expect(empty["RolesQuota"] == 1000 && empty["RolePolicySizeQuota"] == 10_240)
    await stack.makeRole("a")
    await stack.makeRole("b")
    _ = await stack.query("iam", "CreateOpenIDConnectProvider", [("Url", "https://a.example")])
    let full = await summary()
    #expect(full["Roles"] == 2 && full["Providers"] == 1 && full["AccountAccessKeysPresent"] == 1)
  }
}
