import AWSTestSupport
import AWSWire
import HTTP
import HTTPTestSupport
import JSON
import Platform
import Testing

/// S3's calls, at the handler and over the wire.
@Suite(.timeLimit(.minutes(10))) struct TransportObjectTests {
  /// Runs a body with an S3 whose requests go by a transport, and which has the bucket `bucket`.
  private func withBucket(
    _ transport: TestTransport, _ body: (S3Stack, TestClient) async throws -> Void
  ) async throws {
    let s3 = try await S3Stack()
    try await transport.serve(HTTPGuard(next: s3.endpoint)) { client in
      var s3 = s3
      s3.handler = client
      #expect(await s3.send("PUT", "/bucket").status == 200)
      try await body(s3, client)
    }
  }

  /// More than is sent in one piece, and no two pieces alike.
  private static let big = (0..<30_000).map { "\($0)\n" }.joined()

  @Test("objects come back whole, in ranges and as heads", arguments: TestTransport.allCases)
  func objects(transport: TestTransport) async throws {
    try await withBucket(transport) { s3, client in
      for body in ["", "small é\u{0}", Self.big] {
        let put = await s3.send(
          "PUT", "/bucket/a/%C3%A9%20k", headers: ["x-amz-meta-Mine": "v"], body: body)
        #expect(put.status == 200)
        let got = await s3.send("GET", "/bucket/a/%C3%A9%20k")
        #expect(got.text == body && got.headers["ETag"] == put.headers["ETag"])
        #expect(got.headers["x-amz-meta-mine"] == "v")
        let head = await client.exchange(s3.signed("HEAD", "/bucket/a/%C3%A9%20k"))
        #expect(head.response.status == 200 && head.response.bodyBytes.isEmpty)
        #expect(head.length == body.utf8.count)
        #expect(head.response.headers["ETag"] == put.headers["ETag"])
      }
      let (first, last) = (1000, 160_000)
      let range = await s3.send(
        "GET", "/bucket/a/%C3%A9%20k", headers: ["Range": "bytes=\(first)-\(last)"])
      #expect(range.status == 206)
      #expect(range.text.utf8.elementsEqual(Array(Self.big.utf8)[first...last]))
      let listed = await s3.send("GET", "/bucket?list-type=2&encoding-type=url")
      #expect(listed.element("Key") == "a/%C3%A9%20k")
      let deleted = await client.exchange(s3.signed("DELETE", "/bucket/a/%C3%A9%20k"))
      #expect(deleted.response.status == 204 && deleted.length == nil)
      if transport == .live { #expect(client.connectionCount == 1) }
    }
  }

  @Test("what has no body has none, and the next answer follows", arguments: TestTransport.allCases)
  func bodiless(transport: TestTransport) async throws {
    try await withBucket(transport) { s3, client in
      let tag = await s3.send("PUT", "/bucket/k", body: "text").headers["ETag"] ?? ""
      let same = await s3.send("GET", "/bucket/k", headers: ["If-None-Match": tag])
      #expect(same.status == 304 && same.bodyBytes.isEmpty && same.headers["ETag"] == tag)
      let none = await client.exchange(s3.signed("HEAD", "/bucket/none"))
      #expect(none.response.status == 404 && none.response.bodyBytes.isEmpty)
      let missing = await s3.send("GET", "/bucket/none")
      #expect(missing.failure.code == "NoSuchKey")
      let beyond = await s3.send("GET", "/bucket/k", headers: ["Range": "bytes=4-"])
      #expect(beyond.failure.code == "InvalidRange")
      #expect(await s3.send("GET", "/bucket/k").text == "text")
      if transport == .live { #expect(client.connectionCount == 1) }
    }
  }

  @Test(
    "a refused body leaves nothing, and a long one ends its connection",
    arguments: TestTransport.allCases)
  func refusedBodies(transport: TestTransport) async throws {
    try await withBucket(transport) { s3, client in
      let wrong = AWSCredentials(accessKeyID: "test", secretAccessKey: "wrong")
      let zeros = String(repeating: "0", count: 64)
      let short = await s3.send("PUT", "/bucket/k", body: "short", as: wrong)
      #expect(short.failure.code == "SignatureDoesNotMatch")
      let digest = await s3.send("PUT", "/bucket/k", body: "short", payload: zeros)
      #expect(digest.failure.code == "XAmzContentSHA256Mismatch")
      // Little is left of these bodies: they are read, and the connection goes on.
      if transport == .live { #expect(client.connectionCount == 1) }
      let long = String(repeating: "x", count: 2 << 20)
      let refused = await s3.send("PUT", "/bucket/k", body: long, as: wrong)
      #expect(refused.failure.code == "SignatureDoesNotMatch")
      #expect(await s3.send("GET", "/bucket/k").failure.code == "NoSuchKey")
      if transport == .live { #expect(client.connectionCount == 2) }
    }
  }

  @Test("a body in signed chunks is taken off its encoding", arguments: TestTransport.allCases)
  func chunks(transport: TestTransport) async throws {
    try await withBucket(transport) { s3, _ in
      func put(_ body: String, _ length: Int) async -> HTTPResponse {
        await s3.send(
          "PUT", "/bucket/k",
          headers: [
            "Content-Encoding": "aws-chunked", "x-amz-decoded-content-length": "\(length)",
            "x-amz-trailer": "x-amz-checksum-crc32",
          ], body: body, payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
      }
      let good = await put("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 5)
      #expect(good.status == 200)
      #expect(await s3.send("GET", "/bucket/k").text == "hello")
      #expect(await s3.send("GET", "/bucket/k").headers["Content-Encoding"] == nil)
      let cut = await put("5\r\nhello\r\n", 5)
      #expect(cut.failure.code == "IncompleteBody")
    }
  }
}
