import Cryptography
import Platform

/// The chain of signatures in an `aws-chunked` body: each is made over the one before it.
struct AWSChunkSignatures: ~Copyable {
  private let key: [UInt8]
  private let time: String
  private let scope: SigV4Scope
  private var previous: String
  private var hasher = DigestHasher()
  private let nothing = SHA256.hex([])

  /// The chain that begins with the signature of a request's head.
  init(authorization: SigV4Authorization, secret: String) {
    key = SigV4.signingKey(secret: secret, scope: authorization.scope)
    time = authorization.time
    scope = authorization.scope
    previous = authorization.signature
  }

  /// Adds data of the present chunk.
  mutating func add(_ data: ArraySlice<UInt8>) { hasher.update(data) }

  /// Whether a signature is the one of the chunk whose data was added; the next one begins.
  mutating func acceptChunk(_ signature: String?) -> Bool {
    let digest = Hex.encode(hasher.finish())
    hasher = DigestHasher()
    return accept(signature, kind: "AWS4-HMAC-SHA256-PAYLOAD", hashes: [nothing, digest])
  }

  /// Whether a signature is the one of the trailers, written as `name:value` and a line feed each.
  mutating func acceptTrailer(_ signature: String?, _ trailers: [UInt8]) -> Bool {
    accept(signature, kind: "AWS4-HMAC-SHA256-TRAILER", hashes: [SHA256.hex(trailers)])
  }

  private mutating func accept(_ signature: String?, kind: String, hashes: [String]) -> Bool {
    let text = ([kind, time, scope.text, previous] + hashes).joined(separator: "\n")
    let expected = Hex.encode(HMACSHA256.code(Array(text.utf8), key: key))
    guard let signature, constantTimeEqual(Array(signature.utf8), Array(expected.utf8)) else {
      return false
    }
    previous = expected
    return true
  }
}
