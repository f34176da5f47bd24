import AWSDoor
import Cryptography
import Platform

/// The digests of an object whose bytes come piece by piece.
struct ObjectDigests: ~Copyable {
  private var md5 = DigestHasher(.md5)
  private var sha1: DigestHasher?
  private var sha256: DigestHasher?
  private var sums: [(checksum: ObjectChecksum, sum: CyclicRedundancyCheck)] = []

  /// The MD5, and these checksums besides.
  init(_ checksums: [ObjectChecksum]) {
    for checksum in checksums {
      switch checksum {
      case .sha1: sha1 = DigestHasher(.sha1)
      case .sha256: sha256 = DigestHasher(.sha256)
      case .crc32: sums.append((checksum, .ieee))
      case .crc32c: sums.append((checksum, .castagnoli))
      case .crc64nvme: sums.append((checksum, .nvme))
      }
    }
  }

  /// Adds bytes.
  mutating func update(_ bytes: ArraySlice<UInt8>) {
    md5.update(bytes)
    sha1?.update(bytes)
    sha256?.update(bytes)
    for place in sums.indices { sums[place].sum.update(bytes) }
  }

  /// The MD5, 16 bytes, and the checksums in Base64; nothing may be added after it.
  mutating func finish() -> (md5: [UInt8], checksums: [ObjectChecksum: String]) {
    var checksums: [ObjectChecksum: String] = [:]
    for (checksum, sum) in sums { checksums[checksum] = Base64.encode(sum.value) }
    if let digest = sha1?.finish() { checksums[.sha1] = Base64.encode(digest) }
    if let digest = sha256?.finish() { checksums[.sha256] = Base64.encode(digest) }
    return (md5.finish(), checksums)
  }
}
