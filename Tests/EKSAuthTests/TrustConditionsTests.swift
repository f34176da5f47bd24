import AWSTestSupport
import AWSWire
import HTTP
import JSON
import Platform
import Testing

/// What a trust policy can ask of an exchange, and what a call's own tags are to policies.
@Suite struct TrustConditionsTests {
  private static func trust(_ condition: String, _ principal: String) -> String {
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":\#(principal),"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{\#(condition)}}]}"#
  }

  private static let cluster = "arn:aws:eks:us-east-1:111122223333:cluster/local"
  private static let first: [(String, Bool)] = [
    (#""StringEquals":{"aws:SourceAccount":"111122223333"}"#, true),
    (#""StringEquals":{"aws:SourceAccount":"444455556666"}"#, false),
    (#""ArnEquals":{"aws:SourceArn":"\#(cluster)"}"#, true),
    (#""ArnEquals":{"aws:SourceArn":"\#(cluster)s"}"#, false),
    (#""StringEquals":{"aws:RequestTag/eks-cluster-arn":"\#(cluster)"}"#, true),
    (#""StringEquals":{"aws:RequestTag/eks-cluster-name":"local"}"#, true),
    (#""StringEquals":{"aws:RequestTag/kubernetes-namespace":"default"}"#, true),
    (#""StringEquals":{"aws:RequestTag/kubernetes-service-account":"app"}"#, true),
    (#""StringEquals":{"aws:RequestTag/kubernetes-pod-name":"app-1"}"#, true),
    (#""StringEquals":{"aws:RequestTag/kubernetes-pod-uid":"pod-uid-1"}"#, true),
    (#""StringEquals":{"aws:RequestTag/kubernetes-pod-uid":"pod-uid-2"}"#, false),
    (#""ForAllValues:StringLike":{"sts:TransitiveTagKeys":["eks-*","kubernetes-*"]}"#, true),
    (#""StringLike":{"sts:RoleSessionName":"eks-local-app-1-*"}"#, true),
    (#""Null":{"sts:ExternalId":"true"}"#, true),
  ]

  @Test("a role may ask for cluster, account and session tags", arguments: first)
  func service(condition: String, isFulfilled: Bool) async throws {
    let stack = try await AWSStack()
    await stack.makeRole(
      trust: Self.trust(condition, #"{"Service":"pods.eks.amazonaws.com"}"#))
    await stack.associate()
    let answer = await stack.assume(try stack.token())
    #expect(answer.status == (isFulfilled ? 200 : 400), "\(answer.failure)")
  }

  @Test(
    "a target role may ask for the external id",
    arguments: [
      ("us-east-1/111122223333/local/default/app", true),
      ("us-east-1/111122223333/local/default/other", false),
    ])
  func externalID(value: String, isFulfilled: Bool) async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    await stack.makeRole(
      "target",
      trust: Self.trust(
        #""StringEquals":{"sts:ExternalId":"\#(value)"}"#,
        #"{"AWS":"arn:aws:iam::111122223333:role/reader"}"#))
    await stack.associate(
      "reader", ["targetRoleArn": "arn:aws:iam::111122223333:role/target"])
    let answer = await stack.assume(try stack.token())
    #expect(answer.status == (isFulfilled ? 200 : 400), "\(answer.failure)")
  }

  @Test("a session policy narrows the target role's session, not the way to it")
  func policyAtTheEnd() async throws {
    let stack = try await AWSStack()
    await stack.makeRole(
      policy: #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("sts:AssumeRole"))]}"#)
    await stack.makeRole(
      "target", trust: Self.trust("", #"{"AWS":"arn:aws:iam::111122223333:root"}"#),
      policy: #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("iam:*"))]}"#)
    let policy = #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("iam:GetRole"))]}"#
    await stack.associate(
      "reader",
      [
        "targetRoleArn": "arn:aws:iam::111122223333:role/target", "disableSessionTags": true,
        "policy": .string(policy),
      ])
    let credentials = try #require(try await stack.podCredentials())
    let allowed = await stack.query("iam", "GetRole", [("RoleName", "reader")], as: credentials)
    #expect(allowed.status == 200, "\(allowed.text)")
    #expect(await stack.query("iam", "ListRoles", as: credentials).status == 403)
  }

  @Test("a session's name has ten characters of cluster and pod, and is another each time")
  func names() async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    await stack.associate()
    let token = try stack.token([
      "kubernetes.io": [
        "namespace": "default", "pod": ["name": "a-pod-of-a-long-name", "uid": "u"],
        "serviceaccount": ["name": "app", "uid": "u"],
      ]
    ])
    var seen: Set<String> = []
    for _ in 0..<2 {
      let arn = await stack.assume(token).json?.at("assumedRoleUser", "arn")?.string ?? ""
      let name = arn.split(separator: "/").last.map(String.init) ?? ""
      #expect(name.hasPrefix("eks-local-a-pod-of-a-") && name.count == 21 + 36, "\(name)")
      seen.insert(name)
    }
    #expect(seen.count == 2)
  }

  @Test("tags that a request brings are condition keys", arguments: ["CreateRole", "TagRole"])
  func requestTags(operation: String) async throws {
    let stack = try await AWSStack()
    let caller = try await stack.caller(
      #"{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"a"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}}"#
    )
    await stack.makeRole()
    let name = operation == "TagRole" ? "reader" : "new"
    func call(_ tags: [(String, String)]) async -> Int {
      let members = tags.enumerated().flatMap { index, tag in
        [("Tags.member.\(index + 1).Key", tag.0), ("Tags.member.\(index + 1).Value", tag.1)]
      }
      return await stack.query(
        "iam", operation,
        [("RoleName", name), ("AssumeRolePolicyDocument", AWSStack.trust)] + members, as: caller
      ).status
    }
    #expect(await call([("team", "b")]) == 403)
    #expect(await call([("team", "a"), ("other", "")]) == 403)
    #expect(await call([("team", "a")]) == 200)
  }
}
