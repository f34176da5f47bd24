import AWSTestSupport
import AWSWire
import HTTP
import IAMPolicy
import JSON
import Platform
import Testing

/// The condition keys that AWS puts in by itself, at each hop and at each call.
@Suite struct DecisionKeysTests {
  private static let account = "arn:aws:iam::111122223333"

  private static func trust(_ condition: String, _ principal: String? = nil) -> String {
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":\#(principal ?? #"{"Service":"pods.eks.amazonaws.com"}"#),"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{\#(condition)}}]}"#
  }

  private static func policy(_ statements: String) -> String {
    #"{"Version":"2012-10-17","Statement":[\#(statements)]}"#
  }

  private static func tags(_ tags: [(String, String)]) -> [(String, String)] {
    tags.enumerated().flatMap { index, tag in
      [
        ("Tags.member.\(index + 1).Key", tag.0), ("Tags.member.\(index + 1).Value", tag.1),
      ]
    }
  }

  /// A stack whose pod has a role with this trust and these tags; and, with another trust, a target.
  private static func stack(
    _ condition: String = "", policy: String? = nil, tags list: [(String, String)] = [],
    target: (trust: String, tags: [(String, String)])? = nil
  ) async throws -> AWSStack {
    let stack = try await AWSStack()
    await stack.makeRole(trust: trust(condition), policy: policy)
    if !list.isEmpty {
      _ = await stack.query("iam", "TagRole", [("RoleName", "reader")] + tags(list))
    }
    if let target {
      let answer = await stack.query(
        "iam", "CreateRole",
        [("RoleName", "target"), ("AssumeRolePolicyDocument", target.trust)] + tags(target.tags))
      #expect(answer.status == 200, "\(answer.text)")
    }
    await stack.associate(
      "reader", target == nil ? [:] : ["targetRoleArn": "arn:aws:iam::111122223333:role/target"])
    return stack
  }

  private static let keys = [
    #""DateLessThan":{"aws:CurrentTime":"2099-01-01T00:00:00Z"}"#,
    #""NumericLessThan":{"aws:EpochTime":"4070908800"}"#,
    #""Bool":{"aws:ViaAWSService":"false"}"#, #""Bool":{"aws:SecureTransport":"true"}"#,
    #""StringEquals":{"aws:RequestedRegion":"us-east-1"}"#,
    #""StringEquals":{"aws:ResourceAccount":"111122223333"}"#,
    #""StringEquals":{"aws:RequestTag/kubernetes-namespace":"${aws:ResourceTag/namespace}"}"#,
    #""StringEquals":{"AWS:resourcetag/Namespace":"default"}"#,
    #""ForAnyValue:StringEquals":{"aws:TagKeys":"kubernetes-namespace"}"#,
    #""ForAnyValue:StringEquals":{"sts:TransitiveTagKeys":"kubernetes-namespace"}"#,
    #""StringLike":{"sts:RoleSessionName":"eks-*"}"#,
  ]

  @Test("trust policies have the keys of every request, and the role's tags", arguments: keys)
  func firstHop(condition: String) async throws {
    let stack = try await Self.stack(condition, tags: [("namespace", "default")])
    #expect(await stack.assume(try stack.token()).status == 200)
    _ = await stack.query(
      "iam", "TagRole", [("RoleName", "reader")] + Self.tags([("namespace", "other")]))
    let answer = await stack.assume(try stack.token())
    #expect(answer.status == (condition.lowercased().contains("resourcetag") ? 400 : 200))
  }

  @Test("and so has the target's trust", arguments: keys)
  func secondHop(condition: String) async throws {
    let stack = try await Self.stack(
      target: (
        Self.trust(condition, #"{"AWS":"\#(Self.account):role/reader"}"#),
        [("namespace", "default")]
      ))
    #expect(await stack.assume(try stack.token()).status == 200)
  }

  @Test("a role's tags are principal tags of its sessions; session tags of the same key win")
  func principalTags() async throws {
    func allows(_ condition: String, _ tags: [(String, String)]) async throws -> Bool {
      let stack = try await Self.stack(
        policy: Self.policy(
          #"{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*","Condition":{\#(condition)}}"#
        ), tags: tags)
      let credentials = try #require(try await stack.podCredentials())
      return await stack.query("iam", "ListRoles", as: credentials).status == 200
    }
    let red = #""StringEquals":{"aws:PrincipalTag/Team":"red"}"#
    #expect(try await allows(red, [("team", "red")]))
    #expect(try await !allows(red, [("team", "blue")]))
    #expect(try await !allows(red, []))
    let namespace = #""StringEquals":{"aws:PrincipalTag/kubernetes-namespace":"default"}"#
    #expect(try await allows(namespace, [("Kubernetes-Namespace", "other")]))
  }

  @Test("a role's tags are principal tags at the second hop too")
  func chainedTags() async throws {
    let stack = try await Self.stack(
      tags: [("team", "red")],
      target: (
        Self.trust(
          #""StringEquals":{"aws:PrincipalTag/team":"red"}"#,
          #"{"AWS":"\#(Self.account):role/reader"}"#), []
      ))
    #expect(await stack.assume(try stack.token()).status == 200)
    _ = await stack.query(
      "iam", "UntagRole", [("RoleName", "reader"), ("TagKeys.member.1", "TEAM")])
    #expect(await stack.assume(try stack.token()).status == 400)
  }

  @Test("a call that a service passes on is none of a pod's: aws:ViaAWSService is false")
  func viaService() async throws {
    let allow = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#
    let stack = try await Self.stack(
      policy: Self.policy(
        allow
          + #",{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:ViaAWSService":"false"}}}"#
      ))
    let credentials = try #require(try await stack.podCredentials())
    #expect(await stack.query("iam", "ListRoles", as: credentials).status == 403)
  }

  @Test("a target that names the first role needs no policy of it; one that names the account does")
  func named() async throws {
    for (principal, status) in [
      (#"{"AWS":"\#(Self.account):role/reader"}"#, 200), (#"{"AWS":"\#(Self.account):root"}"#, 400),
    ] {
      let stack = try await Self.stack(target: (Self.trust("", principal), []))
      #expect(await stack.assume(try stack.token()).status == status)
      guard status == 400 else { continue }
      #expect(stack.lastEvent?["check"] == "target-role-permission")
      #expect(stack.lastEvent?["reason"]?.string?.contains("names the account") == true)
    }
  }

  @Test("the event of a denial at the second hop names the statement that denies")
  func denied() async throws {
    let stack = try await Self.stack(
      policy: Self.policy(
        #"{"Effect":"Allow","Action":"sts:*","Resource":"*"},{"Sid":"No","Effect":"Deny","Action":"sts:TagSession","Resource":"*"}"#
      ), target: (Self.trust("", #"{"AWS":"\#(Self.account):root"}"#), []))
    #expect(await stack.assume(try stack.token()).status == 400)
    #expect(
      stack.lastEvent?["reason"]?.string
        == "sts:TagSession on \(Self.account):role/target is denied by policy inline, statement No "
        + "(identity-based policy).")
  }

  @Test("the event of a denial that could not be evaluated says so, at either hop")
  func unevaluable() async throws {
    let condition = #""ArnLike":{"aws:SourceArn":"${aws:SourceAccount}"}"#
    let deny = #"{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{\#(condition)}}"#
    let allow =
      #"{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}"#
    let stack = try await Self.stack()
    _ = await stack.query(
      "iam", "UpdateAssumeRolePolicy",
      [("RoleName", "reader"), ("PolicyDocument", Self.policy("\(allow),\(deny)"))])
    #expect(await stack.assume(try stack.token()).status == 400)
    let trust = stack.lastEvent?["reason"]?.string ?? ""
    #expect(trust.contains("by statement 2. Condition ArnLike wants aws:SourceArn"))
    #expect(trust.hasSuffix("it cannot be evaluated, for a value of the policy is no ARN."))
    let chained = try await Self.stack(
      policy: Self.policy(
        #"{"Effect":"Deny","Action":"sts:*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"${aws:PrincipalAccount}"}}}"#
      ), target: (Self.trust("", #"{"AWS":"\#(Self.account):role/reader"}"#), []))
    #expect(await chained.assume(try chained.token()).status == 400)
    let caller = chained.lastEvent?["reason"]?.string ?? ""
    #expect(caller.contains("(identity-based policy). Condition ArnLike wants aws:PrincipalArn"))
  }
}
