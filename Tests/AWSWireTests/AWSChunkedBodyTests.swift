import HTTP
import Testing

@testable import AWSWire

/// The example of the Amazon S3 API Reference, "Example calculations" of chunked uploads.
@Suite struct AWSChunkedBodyTests {
  private static let seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
  private static let signatures = [
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
  ]
  private static let signed = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
  private static let unsigned = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

  private func decode(
    _ body: [UInt8], _ hash: String, length: Int
  ) throws -> AWSChunkedBody {
    let request = HTTPRequest(
      method: "PUT", target: "/examplebucket/chunkObject.txt",
      headers: [
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
          + "aws4_request,SignedHeaders=host,Signature=\(Self.seed)",
        "X-Amz-Date": "20130524T000000Z", "x-amz-decoded-content-length": "\(length)",
      ], body: body)
    return try AWSChunkedBody(
      request, payloadHash: hash, authorization: try SigV4Authorization(request),
      secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
  }

  private func example(_ signatures: [String] = signatures) -> [UInt8] {
    var body: [UInt8] = []
    for (size, signature) in zip([65_536, 1024, 0], signatures) {
      body += "\(String(size, radix: 16));chunk-signature=\(signature)\r\n".utf8
      body += [UInt8](repeating: UInt8(ascii: "a"), count: size)
      if size > 0 { body += "\r\n".utf8 }
    }
    return body + Array("\r\n".utf8)
  }

  @Test("the documented example decodes")
  func documented() throws {
    let decoded = try decode(example(), Self.signed, length: 66_560)
    #expect(decoded.data.count == 66_560)
    #expect(decoded.trailers.isEmpty)
  }

  @Test("a changed byte, signature, order or length is refused", arguments: 0..<5)
  func refused(what: Int) {
    var body = example()
    var length = 66_560
    switch what {
    case 0: body[200] = UInt8(ascii: "b")
    case 1: body = example([Self.signatures[1], Self.signatures[0], Self.signatures[2]])
    case 2: body = example([Self.signatures[0], Self.signatures[1], Self.signatures[1]])
    case 3: length = 5
    default: body.removeLast(100)
    }
    #expect(throws: AWSChunkedBody.Failure.self) {
      try decode(body, Self.signed, length: length)
    }
  }

  @Test("unsigned chunks carry their trailers")
  func trailers() throws {
    let body = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
    let decoded = try decode(Array(body.utf8), Self.unsigned, length: 5)
    #expect(decoded.data == Array("hello".utf8))
    #expect(decoded.trailers.map(\.name) == ["x-amz-checksum-crc32"])
    #expect(decoded.trailers.map(\.value) == ["NhCmhg=="])
  }

  @Test(
    "what is no such body is refused at its place",
    arguments: ["", "x\r\n", "5\r\nhel", "5\r\nhelloXX", "5\nhello", "fffffffff\r\n", "-1\r\n"])
  func malformed(text: String) {
    #expect(throws: AWSChunkedBody.Failure.self) {
      try decode(Array(text.utf8), Self.unsigned, length: 5)
    }
  }
}
