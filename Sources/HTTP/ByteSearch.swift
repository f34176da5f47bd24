import Glibc

/// Searches many bytes at a time: heads carry tokens of a kilobyte, and every byte is looked at.
enum ByteSearch {
  /// The place of the next line feed at or behind `start`.
  static func lineFeed(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard start < bytes.count, let base = bytes.baseAddress,
      let found = memchr(base + start, 0x0A, bytes.count - start)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// Whether there may be a byte below 0x20 or a 0x7F; false is certain.
  static func mayHoldControls(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let raw = UnsafeRawBufferPointer(bytes)
    var found: UInt64 = 0
    var position = 0
    while position + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      let deleted = word ^ (ones &* 0x7F)
      // In each byte the top bit is set if that byte, or one below it in the word, matches.
      found |= (word &- ones &* 0x20) & ~word
      found |= (deleted &- ones) & ~deleted
      position += 8
    }
    if found & (ones &* 0x80) != 0 { return true }
    return raw[position...].contains { $0 < 0x20 || $0 == 0x7F }
  }
}
