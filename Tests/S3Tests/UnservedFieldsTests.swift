import AWSDoor
import AWSTestSupport
import HTTP
import JSON
import PodIdentity
import Testing

/// Header fields of a PutObject that ask for what is not done.
@Suite struct UnservedFieldsTests {
  @Test(
    "such a field is refused, and nothing is stored",
    arguments: [
      ("x-amz-tagging", "a=b", 501, "NotImplemented"),
      ("x-amz-storage-class", "GLACIER", 501, "NotImplemented"),
      ("x-amz-server-side-encryption", "aws:kms", 501, "NotImplemented"),
      ("x-amz-object-lock-mode", "GOVERNANCE", 501, "NotImplemented"),
      ("x-amz-acl", "public-read", 400, "AccessControlListNotSupported"),
      ("x-amz-acl", "private", 400, "AccessControlListNotSupported"),
      ("x-amz-grant-read", "id=1", 400, "AccessControlListNotSupported"),
    ])
  func refused(name: String, value: String, status: Int, code: String) async throws {
    let s3 = try await S3Stack.withBucket()
    let answer = await s3.send("PUT", "/bucket/k", headers: [name: value], body: "x")
    #expect(answer.status == status)
    #expect(Self.text(answer).contains("<Code>\(code)</Code>"))
    #expect(await s3.send("GET", "/bucket/k").status == 404)
  }

  @Test(
    "a field that asks for what is done anyway is taken",
    arguments: [
      ("x-amz-storage-class", "STANDARD"), ("x-amz-server-side-encryption", "AES256"),
      ("x-amz-acl", "bucket-owner-full-control"),
    ])
  func taken(name: String, value: String) async throws {
    let s3 = try await S3Stack.withBucket()
    let answer = await s3.send("PUT", "/bucket/k", headers: [name: value], body: "x")
    #expect(answer.status == 200)
  }

  @Test(
    "a bucket of another kind is refused, and not made",
    arguments: [
      ("x-amz-acl", "public-read", 400, "InvalidBucketAclWithObjectOwnership"),
      ("x-amz-grant-write", "id=1", 400, "InvalidBucketAclWithObjectOwnership"),
      ("x-amz-object-ownership", "ObjectWriter", 501, "NotImplemented"),
      ("x-amz-bucket-object-lock-enabled", "true", 501, "NotImplemented"),
    ])
  func buckets(name: String, value: String, status: Int, code: String) async throws {
    let s3 = try await S3Stack()
    let answer = await s3.send("PUT", "/bucket", headers: [name: value])
    #expect(answer.status == status)
    #expect(Self.text(answer).contains("<Code>\(code)</Code>"))
    #expect(await s3.send("HEAD", "/bucket").status == 404)
    #expect(await s3.send("PUT", "/bucket", headers: ["x-amz-acl": "private"]).status == 200)
  }

  @Test("an object is not read by a key of the caller's", arguments: ["GET", "HEAD"])
  func reading(method: String) async throws {
    let s3 = try await S3Stack.withBucket()
    _ = await s3.send("PUT", "/bucket/k", body: "x")
    let field = "x-amz-server-side-encryption-customer-algorithm"
    #expect(await s3.send(method, "/bucket/k", headers: [field: "AES256"]).status == 501)
    #expect(await s3.send(method, "/bucket/k").status == 200)
  }

  @Test("a bucket is of the account that the caller expects")
  func owner() async throws {
    let s3 = try await S3Stack.withBucket()
    let field = "x-amz-expected-bucket-owner"
    let own = s3.stack.context.account.id
    for (method, target) in [("PUT", "/bucket/k"), ("HEAD", "/bucket"), ("GET", "/bucket/k")] {
      let other = await s3.send(method, target, headers: [field: "999999999999"])
      #expect(other.status == 403)
      #expect(s3.stack.lastEvent?["reason"]?.string?.contains("of account 999999999999") == true)
      #expect(await s3.send(method, target, headers: [field: own]).status == 200)
    }
  }

  private static func text(_ answer: HTTPResponse) -> String {
    guard case .bytes(let bytes) = answer.body else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}
