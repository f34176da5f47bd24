import AWSDoor
import AWSTestSupport
import AWSWire
import HTTP
import JSON
import Platform
import Testing

/// Clusters and pod identity associations, and what each operation refuses.
@Suite struct AssociationOperationsTests {
  private static let all = "/clusters/local/pod-identity-associations"
  private static let role = "arn:aws:iam::111122223333:role/reader"
  private static let wanted: JSONObject = [
    "namespace": "default", "serviceAccount": "app", "roleArn": .string(role),
  ]

  private func stack() async throws -> AWSStack {
    let stack = try await AWSStack()
    await stack.makeRole()
    return stack
  }

  private func make(_ stack: AWSStack, _ changes: JSONObject = [:]) async -> HTTPResponse {
    var body = Self.wanted
    for (name, value) in changes { body[name] = value.isNull ? nil : value }
    return await stack.eks("POST", Self.all, .object(body))
  }

  @Test("one that is made is shown with every member, and listed in short")
  func made() async throws {
    let stack = try await stack()
    let made = await make(
      stack, ["tags": ["a": "b"], "targetRoleArn": .string(Self.role)])
    let association = try #require(made.json?["association"])
    let id = try #require(association["associationId"]?.string)
    #expect(id.hasPrefix("a-") && id.count == 19)
    #expect(
      association.object?.names == [
        "clusterName", "namespace", "serviceAccount", "associationArn", "associationId", "roleArn",
        "tags", "createdAt", "modifiedAt", "disableSessionTags", "targetRoleArn", "externalId",
      ])
    #expect(
      association["associationArn"]?.string
        == "arn:aws:eks:us-east-1:111122223333:podidentityassociation/local/\(id)")
    #expect(association["disableSessionTags"] == false && association["tags"] == ["a": "b"])
    #expect(
      association["externalId"]?.string == "us-east-1/111122223333/local/default/app")
    #expect(made.headers["x-amzn-RequestId"] == "request-1")
    #expect(await stack.eks("GET", "\(Self.all)/\(id)").json == made.json)
    let list = await stack.eks("GET", Self.all).json?["associations"]?.array
    #expect(
      list?.first?.object?.names == [
        "clusterName", "namespace", "serviceAccount", "associationArn", "associationId",
      ])
    #expect(
      await make(stack).failure
        == Failure(409, "ResourceInUseException", "Association already exists: \(id)"))
  }

  @Test("a role must be there, be one's to pass, and trust Pod Identity for both actions")
  func roles() async throws {
    let stack = try await stack()
    let trusts = [
      AWSStack.trust.replacing("pods.eks", with: "ec2"),
      AWSStack.trust.replacing(#","sts:TagSession""#, with: ""),
      AWSStack.trust.replacing(#""sts:AssumeRole","#, with: ""),
      AWSStack.trust.replacing("Allow", with: "Deny"),
    ]
    let invalid = Failure(
      400, "InvalidParameterException", "Trust policy of the role provided is invalid.")
    for trust in trusts {
      let change = [("RoleName", "reader"), ("PolicyDocument", trust)]
      #expect(await stack.query("iam", "UpdateAssumeRolePolicy", change).status == 200)
      #expect(await make(stack).failure == invalid, "\(trust)")
      #expect(stack.lastEvent?["check"] == "trust-policy")
    }
    let absent = Failure(
      400, "InvalidParameterException", "Role provided in the request does not exist.")
    let other = ["roleArn": .string(Self.role + "s")] as JSONObject
    #expect(await make(stack, other).failure == absent)
    #expect(stack.lastEvent?["check"] == "role")
    for text in ["reader", "arn:aws:iam::111122223333:user/reader", "arn:aws:s3:::role/reader"] {
      #expect(
        await make(stack, ["roleArn": .string(text)]).failure.code
          == "InvalidParameterException", "\(text)")
    }
    #expect(stack.context.store.associations(in: "local").isEmpty)
  }

  @Test("who makes or changes one must be let pass and read its role", arguments: ["Get", "Pass"])
  func passing(missing: String) async throws {
    let stack = try await stack()
    let held = missing == "Get" ? "Pass" : "Get"
    let caller = try await stack.caller(
      AWSStack.allow("eks:*") + "," + AWSStack.allow("iam:\(held)Role"))
    let body = Self.wanted.with("serviceAccount", "new")
    let answer = await stack.eks("POST", Self.all, .object(body), as: caller)
    #expect(answer.failure.status == 403)
    #expect(
      answer.failure.message.contains("perform: iam:\(missing)Role on resource: \(Self.role)"))
    let id = await stack.associate(serviceAccount: "other")
    let change = await stack.eks(
      "POST", "\(Self.all)/\(id)", ["roleArn": .string(Self.role)], as: caller)
    #expect(change.failure.status == 403)
    let tags = await stack.eks(
      "POST", "\(Self.all)/\(id)", ["disableSessionTags": true], as: caller)
    #expect(tags.status == 200)
  }

  @Test("PassRole is asked for with the service that the role is passed to")
  func passedTo() async throws {
    let stack = try await stack()
    let caller = try await stack.caller(
      AWSStack.allow("eks:*") + "," + AWSStack.allow("iam:GetRole")
        + #",{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"pods.eks.amazonaws.com"}}}"#
    )
    let body = Self.wanted.with("serviceAccount", "new")
    #expect(await stack.eks("POST", Self.all, .object(body), as: caller).status == 200)
  }

  @Test(
    "the role's tags are the resource's, for passing it and for looking at it",
    arguments: ["PassRole", "GetRole"], [("a", 200), ("b", 403)])
  func tagged(action: String, team: (String, Int)) async throws {
    let stack = try await stack()
    _ = await stack.query(
      "iam", "TagRole",
      [
        ("RoleName", "reader"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", team.0),
      ])
    let other = action == "PassRole" ? "GetRole" : "PassRole"
    let caller = try await stack.caller(
      AWSStack.allow("eks:*") + "," + AWSStack.allow("iam:\(other)")
        + #",{"Effect":"Allow","Action":"iam:\#(action)","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}"#
    )
    let body = Self.wanted.with("serviceAccount", "new")
    let answer = await stack.eks("POST", Self.all, .object(body), as: caller)
    #expect(answer.status == team.1, "\(answer.text)")
  }

  @Test("members that are missing, or that do not go together, are named")
  func members() async throws {
    let stack = try await stack()
    for name in ["namespace", "serviceAccount", "roleArn"] {
      for value in [JSON.null, ""] {
        let failure = await make(stack, [name: value]).failure
        #expect(failure.code == "InvalidParameterException", "\(failure)")
        #expect(failure.message.contains("'\(name)'"), "\(failure)")
      }
    }
    let policy = #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("s3:*"))]}"#
    #expect(
      await make(stack, ["policy": .string(policy)]).failure.message
        == "A policy can only be given where disableSessionTags is true.")
    #expect(
      await make(stack, ["policy": "{", "disableSessionTags": true]).failure.message
        .hasPrefix("The policy is not valid: "))
    #expect(
      await make(stack, ["targetRoleArn": "role/x"]).failure.message
        == "The target role ARN role/x is not valid.")
    #expect(
      await make(stack, ["tags": ["AWS:x": "1"]]).failure.message.hasPrefix(
        "Tag keys must not begin with aws:"))
    let many = (0...50).reduce(into: JSONObject()) { $0["k\($1)"] = "" }
    #expect(await make(stack, ["tags": .object(many)]).failure.message.contains("'tags'"))
    let text = await stack.eks("POST", Self.all, "no object")
    #expect(
      text.failure
        == Failure(
          400, "SerializationException", "The request's body is not a JSON object."))
    #expect(
      await make(stack, ["policy": .string(policy), "disableSessionTags": true]).status == 200)
  }

  @Test("a client's token stands for one content, for a day")
  func tokens() async throws {
    let stack = try await stack()
    let first = await make(stack, ["clientRequestToken": "t"])
    #expect(await make(stack, ["clientRequestToken": "t"]).json == first.json)
    let reused = Failure(
      400, "InvalidRequestException",
      "The client request token was used before for a request with other parameters.")
    #expect(
      await make(stack, ["clientRequestToken": "t", "tags": ["a": "b"]]).failure == reused)
    #expect(
      await make(stack, ["clientRequestToken": "t", "serviceAccount": "b"]).failure == reused)
    let id = first.json?.at("association", "associationId")?.string ?? ""
    func change(_ tags: Bool) async -> HTTPResponse {
      await stack.eks(
        "POST", "\(Self.all)/\(id)",
        ["disableSessionTags": .bool(tags), "clientRequestToken": "t"])
    }
    #expect(await change(true).status == 200)
    #expect(await change(true).status == 200)
    #expect(await change(false).failure == reused)
    stack.machineClock.advance(by: .seconds(24 * 3600 + 1))
    #expect(
      await make(stack, ["clientRequestToken": "t", "serviceAccount": "b"]).status == 200)
  }

  @Test("a change keeps what it does not name, and an empty text takes away")
  func changed() async throws {
    let stack = try await stack()
    await stack.makeRole("second")
    let id = await stack.associate("reader", ["targetRoleArn": .string(Self.role)])
    func change(_ body: JSON) async -> JSON? {
      await stack.eks("POST", "\(Self.all)/\(id)", body).json?["association"]
    }
    let second = Self.role.replacing("reader", with: "second")
    stack.machineClock.advance(by: .seconds(5))
    let one = await change(["roleArn": .string(second)])
    #expect(one?["roleArn"]?.string == second && one?["targetRoleArn"]?.string == Self.role)
    #expect(one?["modifiedAt"] != one?["createdAt"])
    let two = await change(["targetRoleArn": "", "disableSessionTags": true])
    #expect(two?["targetRoleArn"] == nil && two?["disableSessionTags"] == true)
    #expect(two?["roleArn"]?.string == second && two?["externalId"] == nil)
    let policy = #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("s3:*"))]}"#
    #expect(await change(["policy": .string(policy)])?["policy"]?.string == policy)
    #expect(await change(["disableSessionTags": false]) == nil)
    #expect(
      await change(["policy": "", "disableSessionTags": false])?["disableSessionTags"] == false)
    #expect(
      await stack.eks("POST", "\(Self.all)/\(id)", ["roleArn": .string(Self.role + "s")])
        .failure.message == "Role provided in the request does not exist.")
  }

  @Test("one that is deleted is gone for EKS Auth too")
  func deleted() async throws {
    let stack = try await stack()
    let id = await stack.associate()
    #expect(await stack.assume(try stack.token()).status == 200)
    let deleted = await stack.eks("DELETE", "\(Self.all)/\(id)")
    #expect(deleted.json?.at("association", "associationId")?.string == id)
    let failure = Failure(
      404, "ResourceNotFoundException",
      "No pod identity association found for id: \(id) in cluster: local.")
    for method in ["DELETE", "GET", "POST"] {
      #expect(await stack.eks(method, "\(Self.all)/\(id)").failure == failure, "\(method)")
    }
    #expect(
      await stack.assume(try stack.token()).failure.code == "ResourceNotFoundException")
    #expect(
      await stack.eks("GET", "\(Self.all)/short").failure
        == Failure(
          400, "InvalidParameterException",
          "The parameter associationId should be 19 characters long."))
  }

  @Test("a cluster that nobody named has none", arguments: ["POST", "GET"])
  func noCluster(method: String) async throws {
    let stack = try await stack()
    let failure = Failure(404, "ResourceNotFoundException", "No cluster found for name: other.")
    let path = Self.all.replacing("local", with: "other")
    #expect(await stack.eks(method, path, .object(Self.wanted)).failure == failure)
    #expect(await stack.eks(method, "\(path)/a-0123456789abcdefg").failure == failure)
    #expect(await stack.eks("GET", "/clusters/other").failure == failure)
  }
}

extension JSONObject {
  /// The object with a member changed.
  func with(_ name: String, _ value: JSON) -> JSONObject {
    var object = self
    object[name] = value
    return object
  }
}
