import AWSTestSupport
import AWSWire
import Cryptography
import HTTP
import JSON
import Platform
import Synchronization
import Testing

/// Objects: what is kept comes back, what does not hold is not kept.
@Suite struct ObjectOperationsTests {
  /// The body of an answer, read from its stream.
  private static func content(_ response: HTTPResponse) async throws -> String {
    guard case .stream(_, let write) = response.body else { return response.text }
    let pieces = Pieces()
    try await write(pieces)
    return String(decoding: pieces.bytes.withLock { $0 }, as: UTF8.self)
  }

  private final class Pieces: HTTPBodyWriter {
    let bytes = Mutex<[UInt8]>([])

    func write(_ piece: [UInt8]) async throws { bytes.withLock { $0 += piece } }
  }

  @Test("an object comes back with its fields, whole and in ranges")
  func whole() async throws {
    let s3 = try await S3Stack.withBucket()
    let put = await s3.send(
      "PUT", "/bucket/a/k",
      headers: [
        "Content-Type": "text/x", "Cache-Control": "no-store", "x-amz-meta-Mine": "v",
        "Content-Encoding": "gzip",
      ], body: "0123456789")
    #expect(put.status == 200)
    #expect(put.headers["ETag"] == "\"781e5e245d69b566979b86e28d23f2c7\"")
    let got = await s3.send("GET", "/bucket/a/k")
    #expect(got.status == 200 && got.headers["Content-Type"] == "text/x")
    #expect(got.headers["x-amz-meta-mine"] == "v" && got.headers["Cache-Control"] == "no-store")
    #expect(got.headers["Content-Encoding"] == "gzip" && got.headers["Accept-Ranges"] == "bytes")
    #expect(got.headers["ETag"] == put.headers["ETag"] && got.headers["Last-Modified"] != nil)
    #expect(try await Self.content(got) == "0123456789")
    let range = await s3.send("GET", "/bucket/a/k", headers: ["Range": "bytes=2-4"])
    #expect(range.status == 206 && range.headers["Content-Range"] == "bytes 2-4/10")
    #expect(try await Self.content(range) == "234")
    let head = await s3.send("HEAD", "/bucket/a/k", headers: ["Range": "bytes=-3"])
    #expect(head.status == 206 && head.headers["Content-Range"] == "bytes 7-9/10")
    #expect(try await Self.content(head) == "")
    let announced: Int? = if case .stream(let length, _) = head.body { length } else { nil }
    #expect(announced == 3)
    let beyond = await s3.send("GET", "/bucket/a/k", headers: ["Range": "bytes=10-"])
    #expect(beyond.failure.status == 416 && beyond.element("ActualObjectSize") == "10")
    let named = await s3.send("GET", "/bucket/a/k?response-content-type=text/y")
    #expect(named.headers["Content-Type"] == "text/y")
  }

  @Test("only who may list learns that an object is not there", arguments: ["GET", "HEAD"])
  func absent(method: String) async throws {
    let s3 = try await S3Stack.withBucket()
    let answer = await s3.send(method, "/bucket/none")
    #expect(answer.failure == Failure(404, "NoSuchKey", "The specified key does not exist."))
    #expect(answer.element("Key") == "none" && s3.stack.lastEvent?["check"] == "key")
    let caller = try await s3.stack.caller(AWSStack.allow("s3:GetObject"))
    let told = await s3.send(method, "/bucket/none", as: caller)
    #expect(told.failure.status == 403)
    #expect(told.failure.message.contains("perform: s3:ListBucket"))
  }

  @Test("an object that is removed is gone, and may be removed again")
  func removed() async throws {
    let s3 = try await S3Stack.withBucket()
    _ = await s3.send("PUT", "/bucket/k", body: "x")
    for _ in 0..<2 { #expect(await s3.send("DELETE", "/bucket/k").status == 204) }
    #expect(await s3.send("GET", "/bucket/k").failure.code == "NoSuchKey")
  }

  @Test("what does not hold of a body leaves nothing")
  func digests() async throws {
    let s3 = try await S3Stack.withBucket()
    let cases: [(HTTPHeaders, String?, String)] = [
      (["Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg=="], nil, "BadDigest"),
      (["Content-MD5": "x"], nil, "InvalidDigest"),
      (["x-amz-checksum-crc32": "AAAAAA=="], nil, "BadDigest"),
      (["x-amz-checksum-sha256": "x"], nil, "BadDigest"),
      ([:], SHA256.hex([1]), "XAmzContentSHA256Mismatch"), ([:], "nonsense", "InvalidArgument"),
      (["Content-Encoding": "aws-chunked"], nil, "InvalidRequest"),
      ([:], "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "MissingContentLength"),
      (
        ["x-amz-decoded-content-length": "+4"], "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "InvalidArgument"
      ),
      (
        ["x-amz-decoded-content-length": "5", "x-amz-trailer": "x-amz-checksum-crc32"],
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "IncompleteBody"
      ),
      (["x-amz-meta-a": String(repeating: "a", count: 2048)], nil, "InvalidArgument"),
      (["If-None-Match": "\"tag\""], nil, "NotImplemented"),
      (["Content-Length": "5368709121"], nil, "EntityTooLarge"),
    ]
    for (headers, payload, code) in cases {
      let answer = await s3.send(
        "PUT", "/bucket/k", headers: headers, body: "text", payload: payload)
      #expect(answer.failure.code == code, "\(headers) \(answer.failure)")
    }
    #expect(await s3.send("GET", "/bucket/k").failure.code == "NoSuchKey")
    let good: HTTPHeaders = [
      "Content-MD5": "HLJR7A1WjeapKbUgxK7Y0Q==", "x-amz-checksum-crc32": "O4unxw==",
    ]
    let answer = await s3.send("PUT", "/bucket/k", headers: good, body: "text")
    #expect(answer.status == 200 && answer.headers["x-amz-checksum-crc32"] == "O4unxw==")
    let shown = await s3.send("HEAD", "/bucket/k", headers: ["x-amz-checksum-mode": "ENABLED"])
    #expect(shown.headers["x-amz-checksum-crc32"] == "O4unxw==")
  }

  @Test("a document's body has a limit")
  func documents() async throws {
    let s3 = try await S3Stack.withBucket()
    let long = String(repeating: " ", count: (64 << 10) + 1)
    #expect(await s3.send("PUT", "/new", body: long).failure.code == "EntityTooLarge")
    #expect(await s3.send("HEAD", "/new").status == 404)
  }

  @Test("a key has 1,024 bytes at most, and is a path")
  func keys() async throws {
    let s3 = try await S3Stack.withBucket()
    let part = String(repeating: "a", count: 255)
    let long = "\(part)/\(part)/\(part)/\(part)/x"
    #expect(await s3.send("PUT", "/bucket/\(long)").failure.code == "KeyTooLongError")
    for key in ["a//b", "a/", "a/../b", "\(part)a"] {
      #expect(await s3.send("PUT", "/bucket/\(key)").failure.code == "InvalidArgument", "\(key)")
    }
    _ = await s3.send("PUT", "/bucket/a", body: "x")
    #expect(await s3.send("PUT", "/bucket/a/b").failure.code == "InvalidArgument")
  }
}
