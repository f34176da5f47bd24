import AWSTestSupport
import HTTP
import JSON
import Platform
import Testing

/// Buckets and the lists of their keys, and what each operation refuses.
@Suite struct BucketOperationsTests {
  @Test("buckets are made, listed, said to be there, and removed once they are empty")
  func life() async throws {
    let s3 = try await S3Stack()
    let made = await s3.send("PUT", "/bucket-b")
    #expect(made.status == 200 && made.headers["Location"] == "/bucket-b")
    // In us-east-1 alone, one's own bucket can be made again.
    #expect(await s3.send("PUT", "/bucket-b").status == 200)
    #expect(await s3.send("PUT", "/bucket-a").status == 200)
    let list = await s3.send("GET", "/")
    #expect(
      list.text.split(separator: "<Name>").dropFirst().map { String($0.prefix { $0 != "<" }) }
        == ["bucket-a", "bucket-b"])
    #expect(list.element("ID") == "111122223333" && !list.text.contains("ContinuationToken"))
    let page = await s3.send("GET", "/?max-buckets=1")
    #expect(page.element("Name") == "bucket-a")
    #expect(page.element("ContinuationToken") == "bucket-a")
    let rest = await s3.send("GET", "/?max-buckets=1&continuation-token=bucket-a")
    #expect(rest.element("Name") == "bucket-b" && !rest.text.contains("ContinuationToken"))
    let chosen = await s3.send("GET", "/?prefix=bucket-b")
    #expect(chosen.element("Name") == "bucket-b" && chosen.element("Prefix") == "bucket-b")
    #expect(!list.text.contains("<Prefix>") && !page.text.contains("<Prefix>"))
    let head = await s3.send("HEAD", "/bucket-a")
    #expect(head.status == 200 && head.headers["x-amz-bucket-region"] == "us-east-1")
    _ = await s3.send("PUT", "/bucket-a/k", body: "x")
    #expect(
      await s3.send("DELETE", "/bucket-a").failure
        == Failure(409, "BucketNotEmpty", "The bucket you tried to delete is not empty"))
    #expect(await s3.send("DELETE", "/bucket-a/k").status == 204)
    #expect(await s3.send("DELETE", "/bucket-a").status == 204)
    #expect(await s3.send("HEAD", "/bucket-a").failure.code == "NoSuchBucket")
  }

  @Test(
    "a bucket that is not there is told by its name",
    arguments: [
      ("HEAD", ""), ("DELETE", ""), ("GET", "?location"), ("GET", "?list-type=2"), ("GET", "/k"),
      ("HEAD", "/k"), ("PUT", "/k"), ("DELETE", "/k"),
    ])
  func absent(method: String, rest: String) async throws {
    let s3 = try await S3Stack()
    let answer = await s3.send(method, "/no-such-bucket\(rest)")
    #expect(
      answer.failure == Failure(404, "NoSuchBucket", "The specified bucket does not exist"))
    #expect(answer.element("BucketName") == "no-such-bucket")
    #expect(answer.headers["x-amz-request-id"] == "request-1")
    #expect(s3.stack.lastEvent?["check"] == "bucket")
    #expect(s3.stack.lastEvent?["bucket"] == "no-such-bucket")
  }

  @Test(
    "what cannot be a bucket's name is refused",
    arguments: ["ab", "UPPER", "-a-b", "a-b-", ".abc", "a_b", String(repeating: "a", count: 64)])
  func names(name: String) async throws {
    let s3 = try await S3Stack()
    let failure = Failure(400, "InvalidBucketName", "The specified bucket is not valid.")
    #expect(await s3.send("PUT", "/\(name)").failure == failure)
    #expect(await s3.send("GET", "/\(name)/k").failure == failure)
  }

  @Test("a LocationConstraint must be the endpoint's region, which us-east-1 has no name for")
  func locations() async throws {
    let s3 = try await S3Stack.withBucket()
    func body(_ region: String) -> String {
      "<CreateBucketConfiguration><LocationConstraint>\(region)</LocationConstraint>"
        + "</CreateBucketConfiguration>"
    }
    #expect(
      await s3.send("PUT", "/new", body: body("eu-west-1")).failure
        == Failure(
          400, "InvalidLocationConstraint", "The specified location-constraint is not valid"))
    for text in ["<x/>", "<CreateBucketConfiguration><LocationConstraint>eu"] {
      #expect(await s3.send("PUT", "/new", body: text).failure.code == "MalformedXML")
    }
    #expect(await s3.send("HEAD", "/new").status == 404)
    #expect(
      await s3.send("PUT", "/new", body: "<CreateBucketConfiguration/>").status == 200)
    let place = await s3.send("GET", "/bucket?location")
    #expect(place.text.hasSuffix("/doc/2006-03-01/\"></LocationConstraint>"))
  }

  @Test("keys come in the order of their bytes, below a prefix, rolled up, in pages")
  func lists() async throws {
    let s3 = try await S3Stack.withBucket()
    for key in ["b", "a/2", "a/1", "c%20d"] {
      _ = await s3.send("PUT", "/bucket/\(key)", body: "x")
    }
    func list(_ query: String = "") async -> HTTPResponse {
      await s3.send("GET", "/bucket?list-type=2\(query)")
    }
    func keys(_ answer: HTTPResponse) -> [String] {
      answer.text.split(separator: "<Key>").dropFirst().map { String($0.prefix { $0 != "<" }) }
    }
    let all = await list()
    #expect(keys(all) == ["a/1", "a/2", "b", "c d"])
    #expect(all.element("KeyCount") == "4" && all.element("MaxKeys") == "1000")
    #expect(all.element("IsTruncated") == "false" && all.element("Size") == "1")
    #expect(all.element("ETag") == "\"9dd4e461268c8034f5c8564e155c67a6\"")
    #expect(!all.text.contains("<Owner>") && all.element("StorageClass") == "STANDARD")
    #expect(!(await list("&fetch-owner=false")).text.contains("<Owner>"))
    #expect(await list("&fetch-owner=true").element("ID") == "111122223333")
    #expect(keys(await list("&prefix=a/")) == ["a/1", "a/2"])
    #expect(keys(await list("&start-after=a/2")) == ["b", "c d"])
    #expect(keys(await list("&encoding-type=url")) == ["a/1", "a/2", "b", "c%20d"])
    let rolled = await list("&delimiter=/")
    #expect(keys(rolled) == ["b", "c d"] && rolled.text.contains("<Prefix>a/</Prefix>"))
    #expect(rolled.element("KeyCount") == "3")
    let page = await list("&max-keys=3")
    #expect(keys(page).count == 3 && page.element("IsTruncated") == "true")
    let token = PercentEncoding.encode(page.element("NextContinuationToken"))
    let rest = await list("&max-keys=3&continuation-token=\(token)")
    #expect(keys(rest) == ["c d"] && rest.element("IsTruncated") == "false")
    let none = await list("&max-keys=0")
    #expect(keys(none).isEmpty && none.element("IsTruncated") == "false")
    for (query, name) in [
      ("&max-keys=x", "max-keys"), ("&max-keys=-1", "max-keys"),
      ("&encoding-type=x", "encoding-type"), ("&continuation-token=!", "continuation-token"),
    ] {
      let refused = await list(query)
      #expect(refused.failure.code == "InvalidArgument", "\(query)")
      #expect(refused.element("ArgumentName") == name)
    }
  }

  @Test("a policy may ask for the prefix that is listed")
  func prefixKey() async throws {
    let s3 = try await S3Stack.withBucket()
    let caller = try await s3.stack.caller(
      #"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket","Condition":{"StringEquals":{"s3:prefix":"mine/"}}}"#
    )
    let mine = await s3.send("GET", "/bucket?list-type=2&prefix=mine/", as: caller)
    #expect(mine.status == 200)
    #expect(await s3.send("GET", "/bucket?list-type=2", as: caller).status == 403)
  }

  @Test("what is not here is told as such, and what to do instead")
  func elsewhere() async throws {
    let s3 = try await S3Stack.withBucket()
    for (method, target) in [
      ("POST", "/bucket/k?uploads"), ("GET", "/bucket?versioning"), ("GET", "/bucket"),
      ("POST", "/bucket?delete"), ("DELETE", "/"), ("POST", "/bucket/k"),
    ] {
      let answer = await s3.send(method, target)
      #expect(answer.failure.status == 501, "\(method) \(target)")
      #expect(answer.failure.code == "NotImplemented")
    }
    let copy = await s3.send("PUT", "/bucket/k", headers: ["x-amz-copy-source": "/bucket/a"])
    #expect(copy.failure.code == "NotImplemented")
    _ = await s3.send("POST", "/bucket/k?uploads")
    #expect(s3.stack.lastEvent?["reason"]?.string?.contains("multipart_threshold") == true)
  }
}
