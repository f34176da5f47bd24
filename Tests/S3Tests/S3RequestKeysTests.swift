import AWSDoor
import AWSTestSupport
import AWSWire
import HTTP
import IAMPolicy
import JSON
import Platform
import PodIdentity
import Testing

@testable import S3

/// What S3 knows of a request's signature and fields.
@Suite struct S3RequestKeysTests {
  private static func policy(_ statements: String) -> String {
    #"{"Version":"2012-10-17","Statement":[\#(statements)]}"#
  }

  @Test("the age of a signature is in milliseconds, and one of a later time has none")
  func signatureAge() throws {
    let time = "20130524T000000Z"
    let request = HTTPRequest(
      method: "PUT", target: "/b/k",
      headers: [
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
          + "aws4_request,SignedHeaders=host,Signature=" + String(repeating: "0", count: 64),
        "X-Amz-Date": "\(time)",
      ])
    let signature = try SigV4Authorization(request)
    let signed = try #require(Instant(basic: time))
    func age(_ seconds: Int) -> [String]? {
      S3RequestKeys.keys(
        of: request, signature: signature, account: AWSAccount(), now: signed + .seconds(seconds))[
          "s3:signatureAge"]
    }
    #expect(age(0) == ["0"] && age(5) == ["5000"] && age(-1) == nil)
  }

  @Test(
    "what S3 knows of a request are condition keys",
    arguments: [
      (#""StringEquals":{"s3:ResourceAccount":"111122223333"}"#, [:], true),
      (#""StringEquals":{"s3:authType":"REST-HEADER"}"#, [:], true),
      (#""StringEquals":{"s3:signatureversion":"AWS4-HMAC-SHA256"}"#, [:], true),
      (#""NumericLessThan":{"s3:signatureAge":"600000"}"#, [:], true),
      (
        #""StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}"#,
        ["x-amz-acl": "bucket-owner-full-control"], true
      ),
      (
        #""StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}"#,
        ["x-amz-acl": "public-read"], false
      ),
      (#""StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}"#, [:], false),
      (
        #""StringEquals":{"s3:x-amz-server-side-encryption":"AES256"}"#,
        ["x-amz-server-side-encryption": "AES256"], true
      ),
      (
        #""StringEquals":{"s3:x-amz-storage-class":"STANDARD"}"#,
        ["x-amz-storage-class": "STANDARD"], true
      ),
    ] as [(String, HTTPHeaders, Bool)])
  func storage(condition: String, headers: HTTPHeaders, isAllowed: Bool) async throws {
    let stack = try await S3Stack.withBucket()
    await stack.stack.makeRole(
      policy: Self.policy(
        #"{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{\#(condition)}}"#))
    await stack.stack.associate()
    let credentials = try #require(try await stack.stack.podCredentials())
    let answer = await stack.send(
      "PUT", "/bucket/key", headers: headers, body: "x", as: credentials)
    #expect(answer.status == (isAllowed ? 200 : 403))
  }

  @Test("S3 takes signatures of its own region, and links until they expire")
  func storage() async throws {
    let s3 = try await S3Stack.withBucket()
    _ = await s3.send("PUT", "/bucket/key", body: "text")
    let request = s3.stack.presigned("s3", "/bucket/key")
    #expect(await s3.endpoint.respond(to: request).status == 200)
    s3.stack.machineClock.advance(by: .seconds(60))
    let late = await s3.endpoint.respond(to: request)
    #expect(late.failure == Failure(403, "AccessDenied", "Request has expired"))
    #expect(s3.stack.lastEvent?["key"] == "key")
    var elsewhere = HTTPClientRequest(
      method: "GET", url: try #require(HTTPURL("http://127.0.0.1:4578/bucket/key")))
    SigV4.sign(
      &elsewhere, credentials: AWSStack.root, region: "eu-west-1", service: "s3",
      now: s3.stack.machineClock.now, payloadHash: "UNSIGNED-PAYLOAD")
    let answer = await s3.endpoint.respond(
      to: HTTPRequest(
        method: "GET", target: "/bucket/key", headers: elsewhere.headers, id: "request-1"))
    #expect(answer.failure.code == "AuthorizationHeaderMalformed")
    #expect(answer.element("Region") == "us-east-1")
  }
}
