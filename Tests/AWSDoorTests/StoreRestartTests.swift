import AWSTestSupport
import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import AWSDoor

/// What is kept across a restart, and what a reset forgets.
@Suite struct StoreRestartTests {
  private static let policy =
    #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("s3:*"))]}"#
  private static let associations = "/clusters/local/pod-identity-associations"

  /// Answers that show all that there is.
  private func shown(_ stack: AWSStack, _ id: String) async -> [String] {
    var texts: [String] = []
    for (action, parameters) in [
      ("GetRole", [("RoleName", "full")]), ("ListRoles", []),
      ("GetRolePolicy", [("RoleName", "full"), ("PolicyName", "p")]),
      ("ListRolePolicies", [("RoleName", "full")]), ("ListRoleTags", [("RoleName", "full")]),
      (
        "GetOpenIDConnectProvider",
        [
          (
            "OpenIDConnectProviderArn",
            "arn:aws:iam::111122223333:oidc-provider/provider.example"
          )
        ]
      ), ("GetAccountSummary", []),
    ] as [(String, [(String, String)])] {
      texts.append(await stack.query("iam", action, parameters).text)
    }
    texts.append(await stack.eks("GET", "\(Self.associations)/\(id)").text)
    texts.append(await stack.eks("GET", Self.associations).text)
    texts.append(await stack.eks("GET", "/clusters/local").text)
    return texts
  }

  @Test(
    "roles, providers, associations and clients' tokens outlast the server; a reset leaves none")
  func kept() async throws {
    let path = try Scratch.folder() + "/aws.db"
    let before = try await AWSStack(path: path)
    _ = await before.query(
      "iam", "CreateRole",
      [
        ("RoleName", "full"), ("Path", "/a/"), ("AssumeRolePolicyDocument", AWSStack.trust),
        ("Description", "d"), ("MaxSessionDuration", "7200"), ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
      ])
    _ = await before.query(
      "iam", "PutRolePolicy",
      [("RoleName", "full"), ("PolicyName", "p"), ("PolicyDocument", Self.policy)])
    _ = await before.query(
      "iam", "CreateOpenIDConnectProvider",
      [
        ("Url", "https://provider.example"), ("ClientIDList.member.1", "c"),
        ("ThumbprintList.member.1", String(repeating: "b", count: 40)),
        ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v"),
      ])
    let members: JSONObject = [
      "targetRoleArn": "arn:aws:iam::111122223333:role/a/full", "disableSessionTags": true,
      "policy": .string(Self.policy), "tags": ["a": "b"], "ownerArn": "owner",
      "clientRequestToken": "t", "roleArn": "arn:aws:iam::111122223333:role/a/full",
    ]
    let id = await before.associate("full", members)
    before.machineClock.advance(by: .seconds(3))
    _ = await before.eks("POST", "\(Self.associations)/\(id)", ["disableSessionTags": true])
    let texts = await shown(before, id)
    #expect(texts.allSatisfy { !$0.contains("Error") && !$0.contains("message") })
    await before.context.store.close()

    let after = try await AWSStack(path: path)
    #expect(await shown(after, id) == texts)
    #expect(await after.associate("full", members) == id)
    // What EKS Auth sees is what was stored, at once.
    let workload = Workload(cluster: "local", namespace: "default", serviceAccount: "app")
    #expect(after.context.store.visibleAssociation(of: workload)?.id == id)

    try await after.context.store.reset()
    #expect(after.context.store.roles().isEmpty && after.context.store.providers.isEmpty)
    #expect(after.context.store.associations(in: "local").isEmpty)
    #expect(after.context.store.visibleAssociation(of: workload) == nil)
    await after.context.store.close()
  }
}
