// The only room that imports OpenSSL: digests, keys, sealing, certificates, TLS, and JWT on top. No
// cryptography is written by hand anywhere.

import COpenSSL
import Platform

/// A failure inside OpenSSL, or input that it refuses.
package struct CryptographyError: Error, Sendable, CustomStringConvertible {
  package let description: String

  /// An error of ours.
  package init(_ description: String) { self.description = description }

  /// What OpenSSL's error queue says, after which it is empty.
  static func fromQueue(_ what: String) -> CryptographyError {
    let code = ERR_get_error()
    ERR_clear_error()
    guard code != 0, let reason = copenssl_reason(code) else {
      return CryptographyError(what)
    }
    return CryptographyError("\(what): \(String(cString: reason))")
  }
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
package func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
  /// The digest of the bytes, 32 bytes.
  package static func digest(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      COpenSSL.SHA256(bytes, bytes.count, buffer.baseAddress)
      count = 32
    }
  }

  /// The digest as 64 digits of base 16.
  package static func hex(_ bytes: [UInt8]) -> String { Hex.encode(digest(bytes)) }
}

/// SHA-1 (FIPS 180-4), for S3's checksums only.
package enum SHA1 {
  /// The digest of the bytes, 20 bytes.
  package static func digest(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
      COpenSSL.SHA1(bytes, bytes.count, buffer.baseAddress)
      count = 20
    }
  }
}

/// MD5 (RFC 1321), for S3's entity tags only.
package enum MD5 {
  /// The digest of the bytes, 16 bytes.
  package static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var hasher = DigestHasher(.md5)
    hasher.update(bytes)
    return hasher.finish()
  }
}

/// A digest of bytes that come piece by piece.
package struct DigestHasher: ~Copyable {
  /// The algorithm.
  package enum Algorithm: Sendable { case sha256, sha1, md5 }

  private let context: OpaquePointer?

  /// A digest of nothing yet.
  package init(_ algorithm: Algorithm = .sha256) {
    context = EVP_MD_CTX_new()
    let type =
      switch algorithm {
      case .sha256: EVP_sha256()
      case .sha1: EVP_sha1()
      case .md5: EVP_md5()
      }
    EVP_DigestInit_ex(context, type, nil)
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  package mutating func update(_ bytes: [UInt8]) {
    EVP_DigestUpdate(context, bytes, bytes.count)
  }

  /// Adds bytes.
  package mutating func update(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  /// The digest; the hasher must not be used after it.
  package mutating func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    EVP_DigestFinal_ex(context, &digest, &count)
    return Array(digest.prefix(Int(count)))
  }
}

/// HMAC with SHA-256 (RFC 2104).
package enum HMACSHA256 {
  /// The code of a message under a key, 32 bytes.
  package static func code(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      var length: UInt32 = 0
      HMAC(
        EVP_sha256(), key, Int32(key.count), message, message.count, buffer.baseAddress, &length)
      count = Int(length)
    }
  }
}
