import JSON
import Platform

/// What `x-amz-content-sha256` says of a body.
package enum S3PayloadHash: Sendable, Hashable {
  /// The SHA-256 of the body, 32 bytes.
  case digest([UInt8])
  /// The signature does not cover the body.
  case unsigned
  /// The body is in `aws-chunked` encoding.
  case chunked(AWSChunkedEncoding)

  /// Reads a value of the field; nil for one that S3 does not take.
  ///
  /// Of AWS's values those of SigV4A (`STREAMING-AWS4-ECDSA-...`) are missing: no signature here is
  /// one of those.
  package init?(_ text: String) {
    switch text.bytes {
    case "UNSIGNED-PAYLOAD": self = .unsigned
    case "STREAMING-UNSIGNED-PAYLOAD-TRAILER": self = .chunked(.unsignedWithTrailer)
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": self = .chunked(.signed)
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": self = .chunked(.signedWithTrailer)
    default:
      guard text.utf8.count == 64, let digest = Hex.decode(text) else { return nil }
      self = .digest(digest)
    }
  }
}

/// The three forms of `aws-chunked` bodies.
package enum AWSChunkedEncoding: Sendable, Hashable, CaseIterable {
  case unsignedWithTrailer
  case signed
  case signedWithTrailer

  /// Whether each chunk carries a signature.
  package var isSigned: Bool { self != .unsignedWithTrailer }
  /// Whether fields come behind the last chunk.
  package var hasTrailer: Bool { self != .signed }
}
