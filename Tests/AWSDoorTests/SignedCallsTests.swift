import AWSTestSupport
import AWSWire
import HTTP
import JSON
import Platform
import Testing

@testable import AWSDoor

/// What a signature must cover, and what works by a presigned link.
@Suite struct SignedCallsTests {
  private static let identity = "/?Action=GetCallerIdentity&Version=2011-06-15"

  @Test("a link lasts a week at most, and must sign Host", arguments: [0, 604_801, -1])
  func bounds(seconds: Int) async throws {
    let stack = try await AWSStack()
    let request = stack.presigned("sts", Self.identity, expires: seconds)
    #expect(await stack.endpoint.respond(to: request).failure.code == "IncompleteSignature")
    let loose = stack.presigned("sts", Self.identity, signing: [])
    #expect(await stack.endpoint.respond(to: loose).status >= 400)
  }

  @Test("no other operation works by a link, and none but POST")
  func links() async throws {
    let stack = try await AWSStack()
    let target = "/?Action=ListRoles&Version=2010-05-08"
    let failure = Failure(
      400, "InvalidAction", "The operation ListRoles is answered by POST only.")
    #expect(await stack.endpoint.respond(to: stack.presigned("iam", target)).failure == failure)
    for method in ["GET", "PUT", "HEAD"] {
      #expect(await stack.send("iam", method, target).failure == failure, "\(method)")
    }
    #expect(await stack.send("sts", "PUT", Self.identity).failure.code == "InvalidAction")
    #expect(await stack.send("sts", "GET", Self.identity).status == 200)
    let eks = await stack.endpoint.respond(to: stack.presigned("eks", "/clusters"))
    #expect(eks.failure.code == "MissingAuthenticationTokenException")
  }

  @Test("the scope's date is the request's, its service the one that is called")
  func scope() async throws {
    let stack = try await AWSStack()
    let other = stack.presigned("sts", Self.identity, scopeDate: "20200101")
    #expect(
      await stack.endpoint.respond(to: other).failure
        == Failure(
          403, "SignatureDoesNotMatch",
          "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
        ))
    let short = stack.presigned("sts", Self.identity, scopeDate: "2026")
    #expect(await stack.endpoint.respond(to: short).failure.code == "SignatureDoesNotMatch")
  }

  @Test("a session token is good with its own access key id alone")
  func boundToken() async throws {
    let stack = try await AWSStack()
    let one = try await stack.caller()
    let two = try #require(try await stack.podCredentials())
    var mixed = two
    mixed.sessionToken = one.sessionToken
    #expect(
      await stack.query("sts", "GetCallerIdentity", as: mixed).failure
        == Failure(
          403, "InvalidClientTokenId", "The security token included in the request is invalid."))
    // Another form of token than the one that is made here.
    var other = two
    var bytes = try #require(two.sessionToken.flatMap(Base64.decode))
    bytes[12] += 1
    other.sessionToken = Base64.encode(bytes)
    #expect(
      await stack.query("sts", "GetCallerIdentity", as: other).failure.code
        == "InvalidClientTokenId")
    var bare = two
    bare.sessionToken = nil
    #expect(
      await stack.query("sts", "GetCallerIdentity", as: bare).failure.code
        == "InvalidClientTokenId")
  }

  @Test("a body that is not the one signed is refused")
  func changedBody() async throws {
    let stack = try await AWSStack()
    var request = stack.signed(
      "sts", "POST", "/", body: Array("Action=GetCallerIdentity&Version=2011-06-15".utf8))
    request.body = Array("Version=2011-06-15&Action=GetCallerIdentity".utf8)
    #expect(await stack.endpoint.respond(to: request).failure.code == "SignatureDoesNotMatch")
  }

  @Test("an unknown key is the root's where the operator says so, and only then")
  func unknownKeys() async throws {
    let key = AWSCredentials(accessKeyID: "AKIAUNKNOWN", secretAccessKey: "any")
    let lax = try await AWSStack(acceptsUnknownKeys: true)
    #expect(
      await lax.query("sts", "GetCallerIdentity", as: key).element("Arn")
        == "arn:aws:iam::111122223333:root")
    // One that is known is still verified.
    let wrong = AWSCredentials(accessKeyID: "test", secretAccessKey: "wrong")
    #expect(
      await lax.query("sts", "GetCallerIdentity", as: wrong).failure.code
        == "SignatureDoesNotMatch")
    let strict = try await AWSStack()
    #expect(
      await strict.query("sts", "GetCallerIdentity", as: key).failure.code
        == "InvalidClientTokenId")
  }
}
