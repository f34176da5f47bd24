import AWSDoor
import AWSTestSupport
import HTTP
import JSON
import Platform
import Testing

/// GetCallerIdentity, signed and by a presigned link.
@Suite struct GetCallerIdentityTests {
  private static let identity = "/?Action=GetCallerIdentity&Version=2011-06-15"

  @Test("a presigned GetCallerIdentity works until it expires, and not before its time")
  func presigned() async throws {
    let stack = try await AWSStack()
    let request = stack.presigned("sts", Self.identity)
    let answer = await stack.endpoint.respond(to: request)
    #expect(answer.element("Arn") == "arn:aws:iam::111122223333:root")
    #expect(answer.element("UserId") == "111122223333")
    #expect(answer.element("Account") == "111122223333")
    stack.machineClock.advance(by: .seconds(59))
    #expect(await stack.endpoint.respond(to: request).status == 200)
    stack.machineClock.advance(by: .seconds(1))
    #expect(
      await stack.endpoint.respond(to: request).failure
        == Failure(403, "AccessDenied", "Request has expired"))
    #expect(stack.lastEvent?["check"] == "authentication")
    stack.machineClock.advance(by: .seconds(-961))
    #expect(await stack.endpoint.respond(to: request).failure.code == "SignatureDoesNotMatch")
  }

  @Test("a pod presigns with its session, and its end counts as well")
  func session() async throws {
    let stack = try await AWSStack()
    let caller = try await stack.caller()
    let request = stack.presigned("sts", Self.identity, as: caller)
    let answer = await stack.endpoint.respond(to: request)
    #expect(answer.element("Arn").contains("assumed-role/caller/eks-local-app-1-"))
    let role = await stack.query("iam", "GetRole", [("RoleName", "caller")]).element("RoleId")
    #expect(answer.element("UserId").hasPrefix("\(role):eks-local-app-1-"))
    stack.clock.advance(by: .seconds(21_600))
    #expect(await stack.endpoint.respond(to: request).failure.code == "ExpiredToken")
    #expect(stack.lastEvent?.at("subject", "serviceAccount") == "app")
  }
}
