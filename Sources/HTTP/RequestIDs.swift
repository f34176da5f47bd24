import Platform
import Synchronization

/// UUIDs for requests, from random bytes drawn in stock.
final class RequestIDs: Sendable {
  private struct Stock {
    var bytes: [UInt8] = []
    /// How many of the bytes are used.
    var used = 0
  }
  private let stock = Mutex(Stock())

  func next() -> String {
    stock.withLock { stock in
      if stock.used + 16 > stock.bytes.count {
        stock.bytes = Randomness.system.bytes(4096)
        stock.used = 0
      }
      defer { stock.used += 16 }
      let start = stock.used
      return stock.bytes.withUnsafeBufferPointer {
        RequestIDs.text(UnsafeBufferPointer(rebasing: $0[start..<(start + 16)]))
      }
    }
  }

  /// Version 4 (RFC 9562 section 5.4), written in one go.
  private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var place = 0
      for index in 0..<16 {
        if index == 4 || index == 6 || index == 8 || index == 10 {
          buffer[place] = UInt8(ascii: "-")
          place += 1
        }
        var value = bytes[index]
        if index == 6 { value = value & 0x0F | 0x40 }
        if index == 8 { value = value & 0x3F | 0x80 }
        buffer[place] = digit(value >> 4)
        buffer[place + 1] = digit(value & 15)
        place += 2
      }
      return place
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
