import Cryptography
import Platform

/// The checksums that S3 takes with an object, besides Content-MD5.
enum ObjectChecksum: String, Sendable, CaseIterable {
  case crc32
  case crc32c
  case crc64nvme
  case sha1
  case sha256

  /// Such as `x-amz-checksum-crc32`.
  var header: String { "x-amz-checksum-\(rawValue)" }
  /// Such as `CRC32`.
  var algorithm: String { rawValue.uppercased() }

  /// The checksum of an object in Base64, as the header has it.
  func value(of bytes: [UInt8]) -> String {
    switch self {
    case .sha1: Base64.encode(SHA1.digest(bytes))
    case .sha256: Base64.encode(SHA256.digest(bytes))
    case .crc32: Base64.encode(Self.bigEndian(Self.ieee.sum(bytes), 4))
    case .crc32c: Base64.encode(Self.bigEndian(Self.castagnoli.sum(bytes), 4))
    case .crc64nvme: Base64.encode(Self.bigEndian(Self.nvme.sum(bytes), 8))
    }
  }

  private static let ieee = CyclicRedundancyCheck(polynomial: 0xEDB8_8320, bits: 32)
  private static let castagnoli = CyclicRedundancyCheck(polynomial: 0x82F6_3B78, bits: 32)
  private static let nvme = CyclicRedundancyCheck(polynomial: 0x9A6C_9329_AC4B_C9B5, bits: 64)

  private static func bigEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64(count - 1 - $0))) }
  }
}

/// A reflected CRC with all bits inverted before and after, by table.
private struct CyclicRedundancyCheck {
  private let table: [UInt64]
  private let mask: UInt64

  init(polynomial: UInt64, bits: Int) {
    mask = bits == 64 ? .max : (1 << UInt64(bits)) - 1
    table = (0..<256).map { byte in
      (0..<8).reduce(UInt64(byte)) { value, _ in
        value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1
      }
    }
  }

  func sum(_ bytes: [UInt8]) -> UInt64 {
    var value = mask
    for byte in bytes {
      value = (value >> 8) ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)]
    }
    return value ^ mask
  }
}
