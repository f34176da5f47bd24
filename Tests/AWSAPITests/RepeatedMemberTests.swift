import AWSDoor
import AWSTestSupport
import HTTP
import JSON
import Platform
import S3
import Testing

/// Documents with a member twice: `{"Effect":"Deny","Effect":"Allow"}`.
@Suite struct RepeatedMemberTests {
  private static let trust = """
    {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow",\
    "Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}
    """
  private static let allow = """
    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}
    """
  private static let twice = """
    {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow","Action":"s3:*",\
    "Resource":"*"}]}
    """

  @Test("no operation takes one")
  func operations() async throws {
    let stack = try await AWSStack()
    let made = await stack.query(
      "iam", "CreateRole", [("RoleName", "twice"), ("AssumeRolePolicyDocument", Self.trust)])
    #expect(
      made.failure
        == Failure(400, "MalformedPolicyDocument", "This policy contains invalid Json"))
    await stack.makeRole("reader", policy: Self.allow)
    let changed = await stack.query(
      "iam", "UpdateAssumeRolePolicy", [("RoleName", "reader"), ("PolicyDocument", Self.trust)])
    #expect(changed.failure.code == "MalformedPolicyDocument")
    let put = await stack.query(
      "iam", "PutRolePolicy",
      [("RoleName", "reader"), ("PolicyName", "inline"), ("PolicyDocument", Self.twice)])
    #expect(put.failure == Failure(400, "MalformedPolicyDocument", "Syntax errors in policy."))
    let association = await stack.eks(
      "POST", "/clusters/local/pod-identity-associations",
      [
        "namespace": "default", "serviceAccount": "app",
        "roleArn": "arn:aws:iam::111122223333:role/reader", "disableSessionTags": true,
        "policy": .string(Self.twice),
      ])
    #expect(association.status == 400)
  }

  @Test("a session policy that cannot be read allows nothing", arguments: [nil, "{", "[]", ""])
  func unreadable(policy: String?) async throws {
    let stack = try await AWSStack()
    await stack.makeRole("reader", policy: Self.allow)
    let role = try #require(
      stack.context.store.role(arn: "arn:aws:iam::111122223333:role/reader"))
    let session = IssuedSession(
      roleARN: role.arn, roleID: role.id, sessionName: "s", tags: [], issued: stack.clock.now,
      expires: stack.clock.now + .seconds(900), policy: policy)
    let caller = Caller.session(session, of: stack.context.account, accessKeyID: "ASIA")
    let isAllowed =
      (try? stack.context.authorizer.decide(
        "s3:GetObject", on: "arn:aws:s3:::b/k", by: caller, request: HTTPRequest(),
        of: .s3)) != nil
    #expect(isAllowed == (policy == nil))
  }
}
