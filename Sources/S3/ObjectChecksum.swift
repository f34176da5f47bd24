import AWSDoor

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
}

/// A reflected CRC with all bits inverted before and after, by table.
struct CyclicRedundancyCheck: Sendable {
  private let table: [UInt64]
  private let bits: Int
  private var sum: UInt64

  /// CRC-32 as of Ethernet, CRC-32C and CRC-64/NVME, of nothing yet.
  static let ieee = CyclicRedundancyCheck(polynomial: 0xEDB8_8320, bits: 32)
  static let castagnoli = CyclicRedundancyCheck(polynomial: 0x82F6_3B78, bits: 32)
  static let nvme = CyclicRedundancyCheck(polynomial: 0x9A6C_9329_AC4B_C9B5, bits: 64)

  private init(polynomial: UInt64, bits: Int) {
    self.bits = bits
    sum = bits == 64 ? .max : (1 << UInt64(bits)) - 1
    table = (0..<256).map { byte in
      (0..<8).reduce(UInt64(byte)) { value, _ in
        value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1
      }
    }
  }

  /// Adds bytes.
  mutating func update(_ bytes: ArraySlice<UInt8>) {
    var value = sum
    table.withUnsafeBufferPointer { table in
      for byte in bytes {
        value = (value >> 8) ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)]
      }
    }
    sum = value
  }

  /// The sum, the highest byte first.
  var value: [UInt8] {
    (0..<(bits / 8)).map { UInt8(truncatingIfNeeded: ~sum >> UInt64(bits - 8 - 8 * $0)) }
  }
}
