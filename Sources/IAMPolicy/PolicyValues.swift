import JSON
import Platform

/// Dates as the Date operators take them: ISO 8601 in many cuts, or epoch seconds.
enum PolicyDate {
  /// Seconds since the epoch; nil for what IAM does not take as a date.
  static func seconds(_ text: String) -> Double? {
    // No date is as long; to look for its parts costs more than to hold a text against a pattern.
    guard text.utf8.count <= 128 else { return nil }
    if let number = Int64(text), text.utf8.count <= 15 { return Double(number) }
    var text = text
    // `2026-11-24`, `2026-11`, `2026`, hours without minutes, and offsets without minutes are taken.
    if text.bytes.hasSuffix("T") { text.removeLast() }
    if let cut = text.utf8.lastIndex(where: "+-".utf8.contains),
      text.utf8[..<cut].contains(where: "Tt".utf8.contains)
    {
      let offset = text.utf8[cut...].dropFirst()
      if offset.count == 2 { text += ":00" }
    }
    let shortened: String
    switch text.utf8.count {
    case 4: shortened = text + "-01-01T00:00:00Z"
    case 7: shortened = text + "-01T00:00:00Z"
    case 10: shortened = text + "T00:00:00Z"
    case 17 where text.bytes.hasSuffix("Z"): shortened = text.dropLast() + ":00Z"
    case 19: shortened = text + "Z"
    default: shortened = text
    }
    let halves = shortened.splitOnce("t2:")
    let padded = halves.count == 2 ? halves[0] + "T02:" + halves[1] : shortened[...]
    guard let instant = Instant(rfc3339: String(padded)) else { return nil }
    return Double(instant.nanoseconds) / 1e9
  }
}

/// A range of addresses: `203.0.113.0/24`, `2001:db8::/32`, or one address.
struct IPRange {
  private let network: [UInt8]
  private let prefix: Int

  init?(_ text: String) {
    let parts = text.bytes.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let bytes = IPRange.bytes(String(first)) else { return nil }
    network = bytes
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let length = Int(parts[1]),
        0...(bytes.count * 8) ~= length
      else { return nil }
      prefix = length
    } else {
      prefix = bytes.count * 8
    }
  }

  /// Whether an address lies in the range.
  func contains(_ address: String) -> Bool {
    guard let bytes = IPRange.bytes(address), bytes.count == network.count else { return false }
    let whole = prefix / 8
    guard bytes.prefix(whole) == network.prefix(whole) else { return false }
    guard prefix % 8 != 0 else { return true }
    let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - prefix % 8))
    return bytes[whole] & mask == network[whole] & mask
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    // Swift's numbers may have a sign. No address is longer.
    guard text.utf8.count <= 45, !text.bytes.contains("+") else { return nil }
    return text.bytes.contains(":") ? v6(text) : v4(text)
  }

  private static func v4(_ text: String) -> [UInt8]? {
    let parts = text.bytes.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    let bytes = parts.compactMap { part in part.utf8.count <= 3 ? UInt8(part) : nil }
    return bytes.count == 4 ? bytes : nil
  }

  private static func v6(_ text: String) -> [UInt8]? {
    var halves: [[UInt8]] = []
    for half in text.splitOnce("::") {
      var bytes: [UInt8] = []
      for group in half.bytes.split(separator: ":") {
        guard group.utf8.count <= 4, let value = UInt16(group, radix: 16) else { return nil }
        bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
      }
      halves.append(bytes)
    }
    let count = halves.reduce(0) { $0 + $1.count }
    if halves.count == 1 { return count == 16 ? halves[0] : nil }
    guard count <= 14 else { return nil }
    return halves[0] + [UInt8](repeating: 0, count: 16 - count) + halves[1]
  }
}

extension String {
  /// The texts in front of and behind the first `separator`, or all of it.
  fileprivate func splitOnce(_ separator: String) -> [Substring] {
    let word = separator.utf8
    guard let start = utf8.indices.first(where: { utf8[$0...].starts(with: word) }) else {
      return [self[...]]
    }
    return [self[..<start], self[utf8.index(start, offsetBy: word.count)...]]
  }
}
