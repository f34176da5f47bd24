import Cryptography
package import HTTP
import Platform

/// A body in `aws-chunked` encoding: chunks that may each carry a signature, and trailers.
///
/// The signatures chain: each is made over the one before it, the first over that of the head
/// (Amazon S3 API Reference, "Signature calculations: transferring payload in multiple chunks").
package struct AWSChunkedBody: Sendable {
  /// Why a body is refused.
  package enum Failure: Error, Sendable, Hashable {
    /// The encoding is broken, at this byte.
    case malformed(at: Int)
    case wrongSignature
    /// More or less data than `x-amz-decoded-content-length` announced.
    case wrongLength
  }

  /// The data of all chunks.
  package private(set) var data: [UInt8] = []
  /// The trailing fields, names in lower case, without the signature.
  package private(set) var trailers: [(name: String, value: String)] = []

  /// What signed chunks are held against.
  private struct Chain {
    let key: [UInt8]
    let time: String
    let scope: SigV4Scope
    var previous: String

    mutating func accept(_ signature: String?, kind: String, hashes: [String]) throws(Failure) {
      let text = ([kind, time, scope.text, previous] + hashes).joined(separator: "\n")
      let expected = Hex.encode(HMACSHA256.code(Array(text.utf8), key: key))
      guard let signature, constantTimeEqual(Array(signature.utf8), Array(expected.utf8)) else {
        throw .wrongSignature
      }
      previous = signature
    }
  }

  /// Whether a value of `x-amz-content-sha256` announces such a body.
  package static func isAnnounced(by payloadHash: String) -> Bool {
    payloadHash.hasPrefix("STREAMING-")
  }

  /// Decodes a body whose head was verified with this authorization.
  package init(
    _ request: HTTPRequest, payloadHash: String, authorization: SigV4Authorization, secret: String
  ) throws(Failure) {
    var reader = Reader(bytes: request.body)
    let isSigned = !payloadHash.contains("UNSIGNED")
    var chain = Chain(
      key: SigV4.signingKey(secret: secret, scope: authorization.scope), time: authorization.time,
      scope: authorization.scope, previous: authorization.signature)
    while true {
      let (size, signature) = try reader.chunkHead()
      let start = data.count
      if size > 0 {
        data.append(contentsOf: try reader.take(size))
        try reader.newline()
      }
      if isSigned {
        try chain.accept(
          signature, kind: "AWS4-HMAC-SHA256-PAYLOAD",
          hashes: [SHA256.hex([]), SHA256.hex(Array(data[start...]))])
      }
      if size == 0 { break }
    }
    try readTrailers(&reader, &chain, isSigned: isSigned && payloadHash.hasSuffix("-TRAILER"))
    if let announced = request.headers["x-amz-decoded-content-length"],
      Int(announced) != data.count
    {
      throw .wrongLength
    }
  }

  private mutating func readTrailers(
    _ reader: inout Reader, _ chain: inout Chain, isSigned: Bool
  ) throws(Failure) {
    var signature: String?
    while let line = try reader.line(), !line.isEmpty {
      guard let colon = line.firstIndex(of: ":") else { throw .malformed(at: reader.position) }
      let name = line[..<colon].lowercased()
      let value = String(line[line.index(after: colon)...].drop { $0 == " " })
      if name == "x-amz-trailer-signature" {
        signature = value
      } else {
        trailers.append((name, value))
      }
    }
    guard isSigned else { return }
    let text = trailers.map { "\($0.name):\($0.value)\n" }.joined()
    try chain.accept(
      signature, kind: "AWS4-HMAC-SHA256-TRAILER", hashes: [SHA256.hex(Array(text.utf8))])
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    /// A line without its CRLF; nil at the end.
    mutating func line() throws(Failure) -> String? {
      guard position < bytes.count else { return nil }
      guard let end = bytes[position...].prefix(4096).firstIndex(of: 0x0D), end + 1 < bytes.count,
        bytes[end + 1] == 0x0A,
        let text = String(validating: bytes[position..<end], as: UTF8.self)
      else { throw .malformed(at: position) }
      position = end + 2
      return text
    }

    /// `1000;chunk-signature=...`: the size, hexadecimal, and the signature.
    mutating func chunkHead() throws(Failure) -> (Int, String?) {
      guard let line = try line() else { throw .malformed(at: position) }
      let parts = line.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = parts.first, (1...8).contains(first.utf8.count),
        first.allSatisfy(\.isHexDigit), let size = Int(first, radix: 16)
      else { throw .malformed(at: position) }
      let prefix = "chunk-signature="
      let signature = parts.dropFirst().first.flatMap {
        $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil
      }
      return (size, signature)
    }

    mutating func take(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
      guard count <= bytes.count - position else { throw .malformed(at: position) }
      defer { position += count }
      return bytes[position..<(position + count)]
    }

    mutating func newline() throws(Failure) {
      guard bytes.count - position >= 2, bytes[position] == 0x0D, bytes[position + 1] == 0x0A
      else { throw .malformed(at: position) }
      position += 2
    }
  }
}
