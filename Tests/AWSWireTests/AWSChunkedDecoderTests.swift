import HTTP
import Testing

@testable import AWSWire

/// The example of the Amazon S3 API Reference, "Example calculations" of chunked uploads.
@Suite struct AWSChunkedDecoderTests {
  private static let seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
  private static let signatures = [
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
  ]

  private struct Decoded {
    var data: [UInt8] = []
    var trailers: [(name: String, value: String)] = []
  }

  /// What the chunks' signatures begin with.
  private static func authorization(_ seed: String = seed) throws -> SigV4Authorization {
    try SigV4Authorization(
      HTTPRequest(
        method: "PUT", target: "/examplebucket/chunkObject.txt",
        headers: [
          "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
            + "aws4_request,SignedHeaders=host,Signature=\(seed)",
          "X-Amz-Date": "20130524T000000Z",
        ]))
  }

  /// Decodes a body that comes in pieces of a size.
  private func decode(
    _ body: [UInt8], _ encoding: AWSChunkedEncoding, length: Int, announced: [String] = [],
    pieces size: Int = 1000, seed: String = seed
  ) throws -> Decoded {
    var decoder = AWSChunkedDecoder(
      encoding, decodedLength: length, announced: announced,
      authorization: try Self.authorization(seed),
      secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    var decoded = Decoded()
    var rest = body[...]
    while !rest.isEmpty {
      var piece = rest.prefix(size)
      rest = rest.dropFirst(size)
      while let data = try decoder.data(in: &piece) { decoded.data += data }
    }
    decoded.trailers = try decoder.finish()
    return decoded
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

  @Test(
    "the documented example decodes, whatever the pieces", arguments: [1, 7, 1000, 65_540, 99_999])
  func documented(size: Int) throws {
    let decoded = try decode(example(), .signed, length: 66_560, pieces: size)
    #expect(decoded.data.count == 66_560)
    #expect(decoded.data.allSatisfy { $0 == UInt8(ascii: "a") })
    #expect(decoded.trailers.isEmpty)
  }

  @Test("a changed byte, signature, order, length or end is refused", arguments: 0..<8)
  func refused(what: Int) {
    var body = example()
    var length = 66_560
    switch what {
    case 0: body[200] = UInt8(ascii: "b")
    case 1: body = example([Self.signatures[1], Self.signatures[0], Self.signatures[2]])
    case 2: body = example([Self.signatures[0], Self.signatures[1], Self.signatures[1]])
    case 3: length = 5
    case 4: body.removeLast(100)
    case 5: body.append(UInt8(ascii: "x"))
    case 6: body += Array("\r\n".utf8)
    default: body.removeFirst()
    }
    for size in [1, 1000, 99_999] {
      #expect(throws: AWSChunkedDecoder.Failure.self) {
        try decode(body, .signed, length: length, pieces: size)
      }
    }
  }

  private static let checksum = "x-amz-checksum-crc32"

  @Test("unsigned chunks carry their trailers", arguments: ["\r\n", ""])
  func trailers(end: String) throws {
    let body = "5\r\nhello\r\n0\r\n\(Self.checksum):NhCmhg==\r\n\(end)"
    let decoded = try decode(
      Array(body.utf8), .unsignedWithTrailer, length: 5, announced: [Self.checksum])
    #expect(decoded.data == Array("hello".utf8))
    #expect(decoded.trailers.map(\.name) == [Self.checksum])
    #expect(decoded.trailers.map(\.value) == ["NhCmhg=="])
  }

  @Test(
    "trailers other than those announced are refused",
    arguments: [
      ("", [checksum]), ("\(checksum):x\r\n", []), ("\(checksum):x\r\n", ["x-amz-checksum-sha1"]),
      ("\(checksum):x\r\n\(checksum):x\r\n", [checksum]),
      ("content-type:x\r\n\(checksum):x\r\n", [checksum]),
      ("\(checksum)\u{301}:x\r\n", [checksum]),
    ] as [(String, [String])])
  func otherTrailers(lines: String, announced: [String]) {
    let body = Array("5\r\nhello\r\n0\r\n\(lines)\r\n".utf8)
    #expect(throws: AWSChunkedDecoder.Failure.wrongTrailer) {
      try decode(body, .unsignedWithTrailer, length: 5, announced: announced)
    }
    #expect(throws: AWSChunkedDecoder.Failure.self) {
      try decode(body, .signed, length: 5, announced: announced)
    }
  }

  /// The example of the Amazon S3 API Reference, "Including trailing headers": seed, chunks, trailer.
  private static let trailerExample = (
    seed: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
    chunks: [
      "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
      "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
      "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ], trailer: "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
  )

  @Test("the documented trailer is signed, and no other value or signature passes")
  func signedTrailer() throws {
    let name = "x-amz-checksum-crc32c"
    let data = example(Self.trailerExample.chunks).dropLast(2)
    func decode(_ value: String, _ lines: String) throws -> Decoded {
      try self.decode(
        Array(data) + Array("\(name):\(value)\r\n\(lines)\r\n".utf8), .signedWithTrailer,
        length: 66_560, announced: [name], seed: Self.trailerExample.seed)
    }
    let signature = "x-amz-trailer-signature:\(Self.trailerExample.trailer)\r\n"
    #expect(try decode("sOO8/Q==", signature).trailers.map(\.value) == ["sOO8/Q=="])
    for (value, lines) in [
      ("sOO8/A==", signature), ("sOO8/Q==", ""),
      ("sOO8/Q==", signature.replacing("d81f", with: "d81e")),
    ] {
      #expect(throws: AWSChunkedDecoder.Failure.wrongSignature) { try decode(value, lines) }
    }
    #expect(throws: AWSChunkedDecoder.Failure.wrongTrailer) {
      try decode("sOO8/Q==", signature + signature)
    }
  }

  @Test("a trailer that is cut off is no trailer")
  func cutTrailer() {
    for rest in ["\(Self.checksum):NhCmhg==\r\nx-amz", "\(Self.checksum):NhCmhg==\r\n\r"] {
      #expect(throws: AWSChunkedDecoder.Failure.malformed) {
        try decode(
          Array("5\r\nhello\r\n0\r\n\(rest)".utf8), .unsignedWithTrailer, length: 5,
          announced: [Self.checksum])
      }
    }
  }

  @Test("data beyond the announced length is refused before it is handed on")
  func excess() throws {
    var decoder = AWSChunkedDecoder(
      .unsignedWithTrailer, decodedLength: 5, announced: [],
      authorization: try Self.authorization(), secret: nil)
    var piece = Array("4\r\nabcd\r\n2\r\nef\r\n".utf8)[...]
    #expect(try decoder.data(in: &piece) == Array("abcd".utf8)[...])
    var failure: AWSChunkedDecoder.Failure?
    do throws(AWSChunkedDecoder.Failure) { _ = try decoder.data(in: &piece) } catch {
      failure = error
    }
    #expect(failure == .wrongLength)
  }

  @Test("a line without an end is held no longer than its limit")
  func longLine() {
    for start in ["", "0\r\n", "5;chunk-signature="] {
      let body = Array(start.utf8) + [UInt8](repeating: UInt8(ascii: "0"), count: 5000)
      #expect(throws: AWSChunkedDecoder.Failure.malformed) {
        try decode(
          body, .unsignedWithTrailer, length: 5, announced: [Self.checksum], pieces: 100)
      }
    }
  }

  @Test(
    "what is no such body is refused",
    arguments: [
      "", "x\r\n", "5\r\nhel", "5\r\nhelloXX", "5\nhello", "fffffffff\r\n", "-1\r\n", "+5\r\nhello",
      "5\r\nhello\r\n", "5\r\nhello0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n", "0\r\n\r\n",
      "6\r\nhello!\r\n0\r\n\r\n", "ffffffff\r\n", "\u{301}5\r\nhello\r\n0\r\n\r\n",
    ])
  func malformed(text: String) {
    for size in [1, 3, 1000] {
      #expect(throws: AWSChunkedDecoder.Failure.self) {
        try decode(Array(text.utf8), .unsignedWithTrailer, length: 5, pieces: size)
      }
    }
  }

  @Test("values of x-amz-content-sha256 are AWS's or refused")
  func payloadHashes() {
    #expect(S3PayloadHash("UNSIGNED-PAYLOAD") == .unsigned)
    #expect(S3PayloadHash("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") == .chunked(.signed))
    #expect(S3PayloadHash(String(repeating: "aB", count: 32)) != nil)
    for text in ["", "STREAMING-", "UNSIGNED-PAYLOAD ", "é", String(repeating: "g", count: 64)] {
      #expect(S3PayloadHash(text) == nil, "\(text)")
    }
  }
}
