import AWSDoor
import AWSTestSupport
import HTTP
import JSON
import Testing

@testable import AWSAPI

/// Who may not is refused at every operation, and the one action on the one resource is enough.
@Suite struct OperationPermissionsTests {
  @Test("no operation is left out but the one that needs no permission")
  func whole() {
    let named = Set(OperationCall.all.map(\.operation)).union(["GetCallerIdentity"])
    #expect(named == Set(Services.all.flatMap(\.operations)))
  }

  @Test("a pod whose role allows nothing is told so", arguments: OperationCall.all)
  func denied(call: OperationCall) async throws {
    let stack = try await OperationCall.Stack()
    let caller = try await stack.aws.caller()
    let session = try #require(stack.aws.lastEvent?["assumedRole"]?.string)
    let answer = try await call.send(stack, caller)
    let hasException = ["eks", "eks-auth"].contains(call.service)
    let resource = call.resource.replacing("{id}", with: stack.id)
    let named = call.service == "s3" ? "\"\(resource)\"" : resource
    #expect(
      answer.failure
        == Failure(
          403, hasException ? "AccessDeniedException" : "AccessDenied",
          "User: \(session) is not authorized to perform: \(call.action) on resource: \(named) "
            + "because no identity-based policy allows the \(call.action) action"))
    let event = try #require(stack.aws.lastEvent)
    #expect(event["operation"]?.string == call.operation)
    #expect(event["outcome"]?.string == answer.failure.code)
    #expect(event["check"] == "identity-policy")
    #expect(event["caller"]?.string == session)
    #expect(
      event["reason"]?.string
        == "No policy of role caller has a statement, so nothing allows \(call.action).")
  }

  @Test(
    "the action on the resource is enough, and is asked for alone", arguments: OperationCall.all)
  func allowed(call: OperationCall) async throws {
    let stack = try await OperationCall.Stack()
    let resource = call.resource.replacing("{id}", with: stack.id)
    let caller = try await stack.aws.caller(
      AWSStack.allow(call.action, on: resource) + call.more)
    let answer = try await call.send(stack, caller)
    #expect(answer.status / 100 == 2, "\(answer.failure)")
    #expect(stack.aws.lastEvent?["outcome"] == "ok")
  }

  @Test("an action that is denied is refused though another statement allows it")
  func deniedByName() async throws {
    let stack = try await OperationCall.Stack()
    let caller = try await stack.aws.caller(
      AWSStack.allow("*")
        + #",{"Sid":"No","Effect":"Deny","Action":"iam:ListRoles","Resource":"*"}"#)
    let answer = await stack.aws.query("iam", "ListRoles", as: caller)
    #expect(answer.failure.message.hasSuffix("with an explicit deny in an identity-based policy"))
    #expect(stack.aws.lastEvent?["reason"]?.string?.contains("statement No") == true)
  }

  @Test("a role that was deleted, or made anew under its name, gives its sessions nothing")
  func madeAnew() async throws {
    let stack = try await AWSStack()
    let caller = try await stack.caller(AWSStack.allow("iam:*"))
    #expect(await stack.query("iam", "ListRoles", as: caller).status == 200)
    let named = [("RoleName", "caller"), ("PolicyName", "inline")]
    _ = await stack.query("iam", "DeleteRolePolicy", named)
    _ = await stack.query("iam", "DeleteRole", [named[0]])
    #expect(await stack.query("iam", "ListRoles", as: caller).status == 403)
    await stack.makeRole(
      "caller", policy: #"{"Version":"2012-10-17","Statement":[\#(AWSStack.allow("iam:*"))]}"#)
    #expect(await stack.query("iam", "ListRoles", as: caller).status == 403)
    #expect(await stack.query("sts", "GetCallerIdentity", as: caller).status == 200)
  }
}
