import AWSTestSupport
import AWSWire
import Cryptography
import HTTP
import JSON
import Platform
import Testing

@testable import EKSAuth

@Suite struct AssumeRoleForPodIdentityTests {
  private func stack() async throws -> AWSStack {
    let stack = try await AWSStack()
    await stack.makeRole(
      policy:
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#)
    await stack.associate()
    return stack
  }

  @Test("answers with every member of the model, for six hours")
  func success() async throws {
    let stack = try await stack()
    let response = await stack.assume(try stack.token())
    let json = try #require(response.json)
    #expect(response.status == 200)
    #expect(
      json.object?.map(\.0) == [
        "subject", "audience", "podIdentityAssociation", "assumedRoleUser", "credentials",
      ])
    let arn = json.at("assumedRoleUser", "arn")?.string ?? ""
    #expect(arn.hasPrefix("arn:aws:sts::111122223333:assumed-role/reader/eks-local-app-1-"))
    #expect(json.at("assumedRoleUser", "assumeRoleId")?.string?.hasPrefix("AROA") == true)
    #expect(
      json.at("credentials", "expiration")?.integer == stack.clock.now.seconds + 21_600)
    let event = try #require(stack.lastEvent)
    #expect(
      event["sessionTags"]?.object?.names == [
        "eks-cluster-arn", "eks-cluster-name", "kubernetes-namespace",
        "kubernetes-service-account", "kubernetes-pod-name", "kubernetes-pod-uid",
      ])
    #expect(event["assumedRole"]?.string == arn)
    let caller = await stack.query(
      "sts", "GetCallerIdentity", as: try #require(response.credentials))
    #expect(caller.element("Arn") == arn)
  }

  private static let denied =
    "Unauthorized Exception! EKS does not have permissions to assume the associated role."

  @Test("refuses tokens with the service's codes, and tells the operator why")
  func tokens() async throws {
    let stack = try await stack()
    let now = stack.clock.now.seconds
    let other = try PrivateKey.generate(.p256)
    let cases: [(String, Int, String, String)] = [
      (
        try stack.token(["aud": ["sts.amazonaws.com"]]), 400, "InvalidTokenException",
        "token-audience"
      ),
      (try stack.token(["iss": "https://other"]), 400, "InvalidTokenException", "token-issuer"),
      (try stack.token(key: other), 400, "InvalidTokenException", "token-signature"),
      (try stack.token(kid: "kid2"), 400, "InvalidTokenException", "token-signature"),
      (try stack.token(["exp": .integer(now)]), 400, "ExpiredTokenException", "token-expiry"),
      (
        try stack.token(["nbf": .integer(now + 9)]), 400, "InvalidTokenException",
        "token-not-before"
      ),
      (
        try stack.token([
          "kubernetes.io": ["namespace": "default", "serviceaccount": ["name": "app", "uid": "u"]]
        ]), 400, "InvalidTokenException", "token-claims"
      ),
      (try stack.token(["nbf": "0"]), 400, "InvalidTokenException", "token-claims"),
      (try stack.token(["nbf": .number("1e300")]), 400, "InvalidTokenException", "token-claims"),
      (try stack.token(["iat": "0"]), 400, "InvalidTokenException", "token-claims"),
      (try stack.token(["exp": "9999999999"]), 400, "InvalidTokenException", "token-claims"),
      (try stack.token(["exp": .null]), 400, "InvalidTokenException", "token-claims"),
      (try stack.token(["exp": .number("1e300")]), 400, "InvalidTokenException", "token-claims"),
      (try stack.token(["exp": .integer(.max)]), 400, "InvalidTokenException", "token-claims"),
      (try stack.token(["exp": .integer(-1)]), 400, "ExpiredTokenException", "token-expiry"),
      ("abc", 400, "InvalidParameterException", "request"),
      ("", 400, "InvalidParameterException", "request"),
    ]
    for (token, status, code, check) in cases {
      let failure = await stack.assume(token).failure
      #expect(failure.status == status && failure.code == code, "\(failure)")
      #expect(stack.lastEvent?["check"]?.string == check)
      #expect(stack.lastEvent?["reason"]?.string?.isEmpty == false)
    }
  }

  @Test("one text for every cause of a role that cannot be assumed; the event log tells them apart")
  func roles() async throws {
    let stack = try await stack()
    let noTag = AWSStack.trust.replacing(
      "\"sts:AssumeRole\",\"sts:TagSession\"", with: "\"sts:AssumeRole\"")
    _ = await stack.query(
      "iam", "UpdateAssumeRolePolicy", [("RoleName", "reader"), ("PolicyDocument", noTag)])
    #expect(
      await stack.assume(try stack.token()).failure
        == Failure(400, "AccessDeniedException", Self.denied))
    #expect(stack.lastEvent?["check"] == "trust-policy")
    #expect(stack.lastEvent?["reason"]?.string?.contains("sts:TagSession") == true)
    _ = await stack.query(
      "iam", "DeleteRolePolicy", [("RoleName", "reader"), ("PolicyName", "inline")])
    _ = await stack.query("iam", "DeleteRole", [("RoleName", "reader")])
    #expect(await stack.assume(try stack.token()).failure.message == Self.denied)
    #expect(stack.lastEvent?["check"] == "role")
  }

  @Test("without an association it is AWS's 404")
  func noAssociation() async throws {
    let stack = try await stack()
    let token = try stack.token([
      "sub": "system:serviceaccount:default:other",
      "kubernetes.io": [
        "namespace": "default", "pod": ["name": "p", "uid": "u"],
        "serviceaccount": ["name": "other", "uid": "u"],
      ],
    ])
    #expect(
      await stack.assume(token).failure
        == Failure(
          404, "ResourceNotFoundException",
          "The token included in the request has no service account role association for it."))
  }

  @Test("kept keys serve while the cluster is away; an unknown key asks at most once a second")
  func keys() async throws {
    let stack = try await stack()
    #expect(await stack.assume(try stack.token()).status == 200)
    stack.keys.set(.failure(JWKSUnavailable("away")))
    #expect(await stack.assume(try stack.token()).status == 200)
    let before = stack.keys.fetches
    for _ in 0..<5 { _ = await stack.assume(try stack.token(kid: "new")) }
    #expect(stack.keys.fetches <= before + 1)
  }

  @Test("without any key it is 503, which the agent tries again")
  func noKeys() async throws {
    let stack = try await AWSStack()
    stack.keys.set(.failure(JWKSUnavailable("away")))
    let failure = await stack.assume(try stack.token()).failure
    #expect(failure.status == 503 && failure.code == "ServiceUnavailableException")
  }

  @Test("issued credentials expire by the moved clock, and no byte of their token may change")
  func credentials() async throws {
    let stack = try await stack()
    let issued = try #require(try await stack.podCredentials())
    #expect(await stack.query("sts", "GetCallerIdentity", as: issued).status == 200)
    var forged = issued
    forged.sessionToken = issued.sessionToken.map { String($0.dropLast(4)) + "AAA=" }
    #expect(
      await stack.query("sts", "GetCallerIdentity", as: forged).failure.code
        == "InvalidClientTokenId")
    var wrong = issued
    wrong.secretAccessKey = "x"
    #expect(
      await stack.query("sts", "GetCallerIdentity", as: wrong).failure.code
        == "SignatureDoesNotMatch")
    stack.clock.advance(by: .seconds(21_600))
    #expect(
      await stack.query("sts", "GetCallerIdentity", as: issued).failure
        == Failure(
          403, "ExpiredToken", "The security token included in the request is expired"))
  }

  @Test("a session may do what its role's policies allow, and is told which statement is missing")
  func authorization() async throws {
    let stack = try await stack()
    let issued = try #require(try await stack.podCredentials())
    let failure = await stack.query("iam", "ListRoles", as: issued).failure
    #expect(failure.status == 403 && failure.code == "AccessDenied")
    #expect(
      failure.message.contains("is not authorized to perform: iam:ListRoles on resource:"))
    #expect(
      failure.message.hasSuffix(
        "because no identity-based policy allows the iam:ListRoles action"))
  }

  @Test("a service that is not here gets its own kind of error, and no 5xx")
  func otherServices() async throws {
    let stack = try await stack()
    let response = await stack.send("sqs", "POST", "/", body: Array("{}".utf8))
    #expect(response.failure == Failure(404, "UnknownOperationException", response.failure.message))
  }
}
