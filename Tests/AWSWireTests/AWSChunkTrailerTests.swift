import HTTP
import Testing

@testable import AWSWire

/// The example of the Amazon S3 API Reference, "Transferring payload in multiple chunks with trailing
/// headers": its trailers are signed like its chunks.
@Suite struct AWSChunkTrailerTests {
  private static let seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
  private static let signatures = [
    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
  ]
  private static let trailer = "x-amz-checksum-crc32c"
  private static let value = "sOO8/Q=="
  private static let end = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"

  private func body(_ trailers: [String]) -> [UInt8] {
    var body: [UInt8] = []
    for (size, signature) in zip([65_536, 1024, 0], Self.signatures) {
      body += "\(String(size, radix: 16));chunk-signature=\(signature)\r\n".utf8
      body += [UInt8](repeating: UInt8(ascii: "a"), count: size)
      if size > 0 { body += "\r\n".utf8 }
    }
    return body + (trailers.map { "\($0)\r\n" }.joined() + "\r\n").utf8
  }

  /// The trailers of a body with these lines behind its data.
  private func trailers(
    _ lines: [String], secret: String? = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    pieces: Int = 1000
  ) throws -> [String] {
    let authorization = try SigV4Authorization(
      HTTPRequest(
        method: "PUT", target: "/examplebucket/chunkObject.txt",
        headers: [
          "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
            + "aws4_request,SignedHeaders=host,Signature=\(Self.seed)",
          "X-Amz-Date": "20130524T000000Z",
        ]))
    var decoder = AWSChunkedDecoder(
      .signedWithTrailer, decodedLength: 66_560, announced: [Self.trailer],
      authorization: authorization, secret: secret)
    var rest = body(lines)[...]
    while !rest.isEmpty {
      var piece = rest.prefix(pieces)
      rest = rest.dropFirst(pieces)
      while try decoder.data(in: &piece) != nil {}
    }
    return try decoder.finish().map { "\($0.name)=\($0.value)" }
  }

  @Test("the documented example decodes, whatever the pieces", arguments: [1, 7, 1000, 99_999])
  func documented(pieces: Int) throws {
    let lines = ["\(Self.trailer):\(Self.value)", "x-amz-trailer-signature:\(Self.end)"]
    #expect(try trailers(lines, pieces: pieces) == ["\(Self.trailer)=\(Self.value)"])
  }

  @Test(
    "trailers without their signature, with another's, or with other values are refused",
    arguments: [
      ["\(trailer):\(value)"],
      ["\(trailer):\(value)", "x-amz-trailer-signature:\(signatures[2])"],
      ["\(trailer):\(value)", "x-amz-trailer-signature:"],
      ["\(trailer):\(value)", "x-amz-trailer-signature:\(end)0"],
      ["\(trailer):sOO8/R==", "x-amz-trailer-signature:\(end)"],
      ["\(trailer):", "x-amz-trailer-signature:\(end)"],
    ])
  func refused(lines: [String]) {
    #expect(throws: AWSChunkedDecoder.Failure.wrongSignature) { try trailers(lines) }
  }

  @Test("a trailer is signed once")
  func twice() {
    let signature = "x-amz-trailer-signature:\(Self.end)"
    #expect(throws: AWSChunkedDecoder.Failure.wrongTrailer) {
      try trailers(["\(Self.trailer):\(Self.value)", signature, signature])
    }
  }

  @Test("without a secret nothing is verified")
  func unverified() throws {
    let lines = ["\(Self.trailer):other", "x-amz-trailer-signature:0"]
    #expect(try trailers(lines, secret: nil) == ["\(Self.trailer)=other"])
  }
}
