import AWSDoor
import AWSTestSupport
import HTTP
import JSON
import Platform
import Testing

/// Roles, their policies and their lists, and what each operation refuses.
@Suite struct RoleOperationsTests {
  private static let reader = [("RoleName", "reader")]
  private static let document =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#
  private static let noReader = Failure(
    404, "NoSuchEntity", "The role with name reader cannot be found.")

  private func stack() async throws -> AWSStack {
    let stack = try await AWSStack()
    await stack.makeRole(policy: Self.document)
    return stack
  }

  @Test("a role that is made is shown, with what AWS gives it")
  func made() async throws {
    let stack = try await AWSStack()
    let made = await stack.query(
      "iam", "CreateRole",
      [
        ("RoleName", "r"), ("Path", "/a/"), ("AssumeRolePolicyDocument", AWSStack.trust),
        ("Description", "d"), ("MaxSessionDuration", "7200"), ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
      ])
    #expect(made.element("Arn") == "arn:aws:iam::111122223333:role/a/r")
    #expect(made.element("RoleId").hasPrefix("AROA") && made.element("RoleId").count == 21)
    #expect(!made.text.contains("MaxSessionDuration") && made.element("Key") == "k")
    #expect(
      PercentEncoding.decode(made.element("AssumeRolePolicyDocument")) == AWSStack.trust)
    let shown = await stack.query("iam", "GetRole", [("RoleName", "R")])
    #expect(shown.element("RoleName") == "r" && shown.element("Path") == "/a/")
    #expect(shown.element("Description") == "d" && shown.element("MaxSessionDuration") == "7200")
    #expect(shown.element("CreateDate") == stack.machineClock.now.wholeSeconds.rfc3339)
    #expect(shown.headers["x-amzn-RequestId"] == "request-1")
    #expect(shown.element("RequestId") == "request-1")
    let plain = await stack.query(
      "iam", "CreateRole", [("RoleName", "p"), ("AssumeRolePolicyDocument", AWSStack.trust)])
    #expect(plain.element("Path") == "/" && !plain.text.contains("<Tags>"))
    #expect(
      await stack.query("iam", "GetRole", [("RoleName", "p")]).element("MaxSessionDuration")
        == "3600")
  }

  @Test("a role needs a name that is free, a trust policy, and no boundary")
  func notMade() async throws {
    let stack = try await stack()
    let trust = ("AssumeRolePolicyDocument", AWSStack.trust)
    let cases: [([(String, String)], Int, String, String)] = [
      (
        [("RoleName", "READER"), trust], 409, "EntityAlreadyExists",
        "Role with name READER already exists."
      ),
      ([("RoleName", "new")], 400, "ValidationError", "assumeRolePolicyDocument"),
      ([trust], 400, "ValidationError", "roleName"),
      ([("RoleName", "a/b"), trust], 400, "ValidationError", "roleName"),
      (
        [("RoleName", String(repeating: "a", count: 65)), trust], 400, "ValidationError",
        "less than or equal to 64"
      ),
      ([("RoleName", "new"), ("Path", "a"), trust], 400, "ValidationError", "path"),
      (
        [("RoleName", "new"), ("MaxSessionDuration", "3599"), trust], 400, "ValidationError",
        "greater than or equal to 3600"
      ),
      (
        [("RoleName", "new"), ("PermissionsBoundary", "arn:aws:iam::aws:policy/X"), trust], 404,
        "NoSuchEntity", "Scope ARN: arn:aws:iam::aws:policy/X does not exist or is not attachable."
      ),
      (
        [("RoleName", "new"), ("PermissionsBoundary", "arn:aws:iam::aws:role/Xyz"), trust], 400,
        "InvalidInput", "ARN arn:aws:iam::aws:role/Xyz is not valid."
      ),
      (
        [("RoleName", "new"), ("AssumeRolePolicyDocument", "{")], 400, "MalformedPolicyDocument",
        "This policy contains invalid Json"
      ),
      (
        [
          ("RoleName", "new"), trust, ("Tags.member.1.Key", String(repeating: "k", count: 129)),
          ("Tags.member.1.Value", ""),
        ], 400, "ValidationError", "tags.1.member.key"
      ),
      (
        [
          ("RoleName", "new"), trust, ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", ""),
          ("Tags.member.2.Key", "K"), ("Tags.member.2.Value", ""),
        ], 400, "InvalidInput", "Duplicate tag keys found"
      ),
    ]
    for (parameters, status, code, text) in cases {
      let failure = await stack.query("iam", "CreateRole", parameters).failure
      #expect(failure.status == status && failure.code == code, "\(failure)")
      #expect(failure.message.contains(text), "\(failure)")
    }
    #expect(stack.context.store.roles().map(\.name) == ["reader"])
    let long = AWSStack.trust.replacing(
      #""Sid":"Pods""#, with: #""Sid":"\#(String(repeating: "P", count: 2048))""#)
    #expect(
      await stack.query(
        "iam", "CreateRole", [("RoleName", "new"), ("AssumeRolePolicyDocument", long)]
      ).failure
        == Failure(409, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"))
  }

  @Test("a role goes once its policies are gone")
  func deleted() async throws {
    let stack = try await stack()
    #expect(
      await stack.query("iam", "DeleteRole", Self.reader).failure
        == Failure(409, "DeleteConflict", "Cannot delete entity, must delete policies first."))
    let policy = Self.reader + [("PolicyName", "inline")]
    #expect(await stack.query("iam", "DeleteRolePolicy", policy).status == 200)
    #expect(
      await stack.query("iam", "DeleteRolePolicy", policy).failure
        == Failure(404, "NoSuchEntity", "The role policy with name inline cannot be found."))
    let answer = await stack.query("iam", "DeleteRole", Self.reader)
    #expect(answer.status == 200 && !answer.text.contains("DeleteRoleResult"))
    #expect(await stack.query("iam", "DeleteRole", Self.reader).failure == Self.noReader)
  }

  @Test("an inline policy comes back as it was put, percent-encoded once")
  func policies() async throws {
    let stack = try await stack()
    let text = Self.document.replacing("s3:*", with: "s3:Get*") + "\n"
    for name in ["b", "a"] {
      #expect(
        await stack.query(
          "iam", "PutRolePolicy",
          Self.reader + [("PolicyName", name), ("PolicyDocument", text)]
        ).status == 200)
    }
    let shown = await stack.query("iam", "GetRolePolicy", Self.reader + [("PolicyName", "a")])
    #expect(shown.element("PolicyName") == "a" && shown.element("RoleName") == "reader")
    #expect(PercentEncoding.decode(shown.element("PolicyDocument")) == text)
    let list = await stack.query("iam", "ListRolePolicies", Self.reader)
    #expect(list.text.contains("<member>a</member><member>b</member><member>inline</member>"))
    #expect(list.element("IsTruncated") == "false")
    let absent = Failure(404, "NoSuchEntity", "The role policy with name A cannot be found.")
    #expect(
      await stack.query("iam", "GetRolePolicy", Self.reader + [("PolicyName", "A")]).failure
        == absent)
    let bad = await stack.query(
      "iam", "PutRolePolicy",
      Self.reader + [("PolicyName", "a"), ("PolicyDocument", AWSStack.trust)])
    #expect(bad.failure.code == "MalformedPolicyDocument")
    for parameters in [[("PolicyName", "x y"), ("PolicyDocument", text)], [("PolicyName", "x")]] {
      #expect(
        await stack.query("iam", "PutRolePolicy", Self.reader + parameters).failure.code
          == "ValidationError")
    }
  }

  @Test("a trust policy that is replaced counts from the next exchange on")
  func trust() async throws {
    let stack = try await stack()
    await stack.associate()
    #expect(await stack.assume(try stack.token()).status == 200)
    let other = AWSStack.trust.replacing("pods.eks", with: "ec2")
    let change = Self.reader + [("PolicyDocument", other)]
    #expect(await stack.query("iam", "UpdateAssumeRolePolicy", change).status == 200)
    #expect(
      PercentEncoding.decode(
        await stack.query("iam", "GetRole", Self.reader).element("AssumeRolePolicyDocument"))
        == other)
    #expect(await stack.assume(try stack.token()).failure.code == "AccessDeniedException")
    #expect(stack.lastEvent?["check"] == "trust-policy")
  }

  @Test("lists of roles are by name, below a path, in pages")
  func lists() async throws {
    let stack = try await stack()
    for (name, path) in [("c", "/x/"), ("a", "/x/"), ("b", "/y/")] {
      _ = await stack.query(
        "iam", "CreateRole",
        [("RoleName", name), ("Path", path), ("AssumeRolePolicyDocument", AWSStack.trust)])
    }
    func names(_ answer: HTTPResponse) -> [String] {
      answer.text.split(separator: "<RoleName>").dropFirst().map {
        String($0.prefix { $0 != "<" })
      }
    }
    #expect(names(await stack.query("iam", "ListRoles")) == ["a", "b", "c", "reader"])
    #expect(
      names(await stack.query("iam", "ListRoles", [("PathPrefix", "/x/")])) == ["a", "c"])
    let page = await stack.query("iam", "ListRoles", [("MaxItems", "3")])
    #expect(names(page) == ["a", "b", "c"] && page.element("IsTruncated") == "true")
    let rest = await stack.query(
      "iam", "ListRoles", [("MaxItems", "3"), ("Marker", page.element("Marker"))])
    #expect(names(rest) == ["reader"] && rest.element("IsTruncated") == "false")
    #expect(
      await stack.query("iam", "ListRoles", [("Marker", "!")]).failure
        == Failure(400, "ValidationError", "Invalid marker."))
    for parameter in [("MaxItems", "0"), ("MaxItems", "1001"), ("PathPrefix", "x")] {
      #expect(
        await stack.query("iam", "ListRoles", [parameter]).failure.code == "ValidationError")
    }
    for operation in ["ListAttachedRolePolicies", "ListInstanceProfilesForRole"] {
      let empty = await stack.query("iam", operation, Self.reader)
      #expect(empty.status == 200 && empty.element("IsTruncated") == "false")
      #expect(!empty.text.contains("<member>"))
    }
  }

  @Test(
    "an operation on a role that is not there says so",
    arguments: [
      "GetRole", "DeleteRole", "UpdateRole", "ListRolePolicies", "ListRoleTags",
      "ListAttachedRolePolicies", "ListInstanceProfilesForRole", "UpdateAssumeRolePolicy",
      "PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy", "TagRole", "UntagRole",
      "UpdateRoleDescription",
    ])
  func absent(operation: String) async throws {
    let stack = try await AWSStack()
    let all = [
      ("PolicyName", "p"), ("PolicyDocument", AWSStack.trust), ("Tags.member.1.Key", "k"),
      ("Tags.member.1.Value", "v"), ("TagKeys.member.1", "k"), ("Description", "d"),
    ]
    #expect(await stack.query("iam", operation, Self.reader + all).failure == Self.noReader)
    #expect(
      await stack.query("iam", operation, all).failure.message.contains(
        "Value null at 'roleName' failed to satisfy constraint: Member must not be null"))
  }

  @Test("tags of a role are condition keys of what is done with it")
  func tagKeys() async throws {
    let stack = try await AWSStack()
    let caller = try await stack.caller(
      #"{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/team":"a"}}}"#
    )
    await stack.makeRole()
    #expect(await stack.query("iam", "GetRole", Self.reader, as: caller).status == 403)
    _ = await stack.query(
      "iam", "TagRole",
      Self.reader + [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "a")])
    #expect(await stack.query("iam", "GetRole", Self.reader, as: caller).status == 200)
  }
}
