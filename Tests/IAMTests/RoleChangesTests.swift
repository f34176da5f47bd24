import AWSDoor
import AWSTestSupport
import AWSWire
import HTTP
import JSON
import Testing

/// What IAM takes of roles, their tags and their policies; texts as recorded from AWS.
@Suite struct RoleChangesTests {
  private static let reader = [("RoleName", "reader")]

  private static func trust(_ principal: String) -> String {
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":\#(principal),"Action":"sts:AssumeRole"}]}"#
  }

  @Test("a trust policy names roles and users of this account that exist")
  func principals() async throws {
    let stack = try await AWSStack()
    await stack.makeRole("reader")
    let id = await stack.query("iam", "GetRole", Self.reader).element("RoleId")
    let start = "arn:aws:iam::111122223333"
    let known = [
      "\(start):role/reader", "arn:aws:sts::111122223333:assumed-role/READER/s", id,
      "\(start):user/podid/node-agent", "arn:aws:iam::444455556666:role/theirs", "\(start):root",
    ]
    for (index, name) in known.enumerated() {
      let answer = await stack.query(
        "iam", "CreateRole",
        [
          ("RoleName", "good-\(index)"),
          ("AssumeRolePolicyDocument", Self.trust("{\"AWS\":\"\(name)\"}")),
        ])
      #expect(answer.status == 200, "\(name)")
    }
    for name in [
      "\(start):role/absent", "\(start):role/path/reader", "\(start):user/me",
      "arn:aws:sts::111122223333:assumed-role/absent/s", "AROAAAAAAAAAAAAAAAAAA",
      "\(start):role/*",
    ] {
      let failure = Failure(
        400, "MalformedPolicyDocument", "Invalid principal in policy: \"AWS\":\"\(name)\"")
      let trust = Self.trust("{\"AWS\":[\"\(start):root\",\"\(name)\"]}")
      #expect(
        await stack.query(
          "iam", "CreateRole", [("RoleName", "bad"), ("AssumeRolePolicyDocument", trust)]
        ).failure == failure)
      #expect(
        await stack.query(
          "iam", "UpdateAssumeRolePolicy", Self.reader + [("PolicyDocument", trust)]
        ).failure == failure)
    }
  }

  @Test("a role's inline policies count together, and a policy that is replaced counts once")
  func size() async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    let frame =
      #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:","Resource":"*"}}"#
    func put(_ name: String, size: Int) async -> HTTPResponse {
      let action = "s3:" + String(repeating: "a", count: size - frame.utf8.count)
      let document = frame.replacing("s3:", with: action)
      // White space does not count.
      return await stack.query(
        "iam", "PutRolePolicy",
        Self.reader
          + [
            ("PolicyName", name),
            ("PolicyDocument", String(repeating: " ", count: 500) + document),
          ])
    }
    #expect(await put("a", size: 5000).status == 200)
    #expect(await put("b", size: 5240).status == 200)
    let failure = Failure(
      409, "LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role reader")
    #expect(await put("c", size: 100).failure == failure)
    #expect(await put("b", size: 5241).failure == failure)
    #expect(await put("b", size: 100).status == 200)
    #expect(await put("c", size: 5000).status == 200)
  }

  @Test("tags merge without regard to case, are taken off, and come in pages")
  func tags() async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    func tag(_ tags: [(String, String)]) async -> HTTPResponse {
      await stack.query(
        "iam", "TagRole",
        Self.reader
          + tags.enumerated().flatMap { index, tag in
            [
              ("Tags.member.\(index + 1).Key", tag.0), ("Tags.member.\(index + 1).Value", tag.1),
            ]
          })
    }
    #expect(await tag([("somekey", "1"), ("b", "")]).status == 200)
    #expect(await tag([("Somekey", "2")]).status == 200)
    let list = await stack.query("iam", "ListRoleTags", Self.reader)
    #expect(list.text.contains("<Key>Somekey</Key><Value>2</Value>"))
    #expect(!list.text.contains("somekey"))
    let page = await stack.query("iam", "ListRoleTags", Self.reader + [("MaxItems", "1")])
    #expect(page.element("IsTruncated") == "true" && page.element("Key") == "Somekey")
    let rest = await stack.query(
      "iam", "ListRoleTags", Self.reader + [("Marker", page.element("Marker"))])
    #expect(rest.element("IsTruncated") == "false" && rest.element("Key") == "b")
    #expect(
      await stack.query(
        "iam", "UntagRole",
        Self.reader + [("TagKeys.member.1", "SOMEKEY"), ("TagKeys.member.2", "absent")]
      ).status == 200)
    #expect(await stack.query("iam", "GetRole", Self.reader).element("Key") == "b")
    #expect(
      await tag([("k", "1"), ("K", "2")]).failure
        == Failure(
          400, "InvalidInput",
          "Duplicate tag keys found. Please note that Tag keys are case insensitive."))
    #expect(
      await stack.query(
        "iam", "UntagRole", Self.reader + [("TagKeys.member.1", "a!")]
      ).failure
        == Failure(
          400, "ValidationError",
          "1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must "
            + "satisfy constraint: [Member must have length less than or equal to 128, Member must "
            + "have length greater than or equal to 1, Member must satisfy regular expression "
            + #"pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+, Member must not be null]"#))
    #expect(await tag((0..<50).map { ("k\($0)", "") }).failure.code == "LimitExceeded")
    #expect(
      await stack.query("iam", "ListRoleTags", [("RoleName", "absent")]).failure
        == Failure(404, "NoSuchEntity", "The role with name absent cannot be found."))
  }

  @Test("description and longest session change, and what is not given stays")
  func settings() async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    func change(_ members: [(String, String)]) async -> HTTPResponse {
      await stack.query("iam", "UpdateRole", Self.reader + members)
    }
    func shown() async -> [String] {
      let role = await stack.query("iam", "GetRole", Self.reader)
      return [role.element("Description"), role.element("MaxSessionDuration")]
    }
    #expect(await change([("Description", "d"), ("MaxSessionDuration", "7200")]).status == 200)
    #expect(await shown() == ["d", "7200"])
    #expect(await change([]).status == 200)
    #expect(await shown() == ["d", "7200"])
    #expect(await change([("Description", "")]).status == 200)
    #expect(await shown() == ["", "7200"])
    #expect(
      await change([("Description", "x"), ("MaxSessionDuration", "43201")]).failure.code
        == "ValidationError")
    #expect(await shown() == ["", "7200"])
    let described = await stack.query(
      "iam", "UpdateRoleDescription", Self.reader + [("Description", "e")])
    #expect(described.element("Description") == "e")
    #expect(!described.text.contains("MaxSessionDuration"))
  }

  @Test("operations that nobody signs are not here, rather than unsigned")
  func unsigned() async throws {
    let stack = try await AWSStack()
    func call(_ action: String) async -> Failure {
      await stack.endpoint.respond(
        to: HTTPRequest(
          method: "POST", target: "/",
          headers: ["Content-Type": "application/x-www-form-urlencoded"],
          body: Array("Action=\(action)&Version=2011-06-15".utf8), id: "request-1")
      ).failure
    }
    #expect(
      await call("AssumeRoleWithWebIdentity")
        == Failure(
          400, "InvalidAction",
          "Could not find operation AssumeRoleWithWebIdentity for version 2011-06-15"))
    #expect(await call("GetCallerIdentity").code == "MissingAuthenticationToken")
  }
}
