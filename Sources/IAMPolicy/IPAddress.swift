import JSON

/// An address as the IpAddress operators read it, odd literals as recorded from AWS.
struct IPAddress: Equatable {
  let value: UInt128
  /// 32 or 128 bits.
  let width: Int

  private init(value: UInt128, width: Int) {
    self.value = value
    self.width = width
  }

  /// An address of a request, where IPv4 in the form of IPv6 (`::ffff:192.0.2.1`) is IPv4.
  init?(_ text: String) {
    let prefix = "::ffff:".bytes
    if text.bytes.contains("."), text.utf8.count > 7,
      String(Substring(text.utf8.prefix(7))).bytes.asciiLowercased == prefix
    {
      self.init(literal: String(Substring(text.utf8.dropFirst(7))))
      guard width == 32 else { return nil }
      return
    }
    guard let read = IPAddress(literal: text) else { return nil }
    let isMapped = read.width == 128 && read.value >> 32 == 0xFFFF
    self = isMapped ? IPAddress(value: read.value & 0xFFFF_FFFF, width: 32) : read
  }

  /// An address as it is written; nil for IPv6 with dots, too.
  init?(literal text: String) {
    // No address is as long.
    guard text.utf8.count <= 64 else { return nil }
    let isLong = text.bytes.contains(":")
    guard let value = isLong ? Self.v6(text) : Self.v4(text) else { return nil }
    self.init(value: value, width: isLong ? 128 : 32)
  }

  /// Four numbers, which may have zeros in front.
  private static func v4(_ text: String) -> UInt128? {
    let parts = text.bytes.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt128 = 0
    for part in parts {
      guard part.utf8.count <= 3, part.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
        let byte = UInt8(part)
      else { return nil }
      value = value << 8 | UInt128(byte)
    }
    return value
  }

  /// Eight groups, or fewer with one `::` in the place of zeros.
  ///
  /// A `:` behind the last group says nothing, and one in front of the first is a group of zeros:
  /// `2001:db8:::1` is `2001:db8::1`.
  private static func v6(_ text: String) -> UInt128? {
    let bytes = text.utf8
    let mark = bytes.indices.first { bytes[$0...].starts(with: "::".utf8) }
    guard let mark else {
      guard let all = groups(text[...]), all.count == 8 else { return nil }
      return value(all)
    }
    let behind = text[bytes.index(mark, offsetBy: 2)...]
    guard !behind.bytes.contains("::"), let left = groups(text[..<mark]),
      let right = groups(behind), left.count + right.count <= 7
    else { return nil }
    return value(left + Array(repeating: 0, count: 8 - left.count - right.count) + right)
  }

  private static func groups(_ text: Substring) -> [UInt16]? {
    var parts = text.bytes.split(separator: ":", omittingEmptySubsequences: false)
    while parts.last?.isEmpty == true { parts.removeLast() }
    var groups: [UInt16] = []
    for part in parts {
      let isHex = part.utf8.allSatisfy {
        0x30...0x39 ~= $0 || 0x41...0x46 ~= $0 || 0x61...0x66 ~= $0
      }
      guard part.utf8.count <= 4, isHex else { return nil }
      groups.append(UInt16(part, radix: 16) ?? 0)
    }
    return groups
  }

  private static func value(_ groups: [UInt16]) -> UInt128 {
    groups.reduce(0) { $0 << 16 | UInt128($1) }
  }
}

/// A range of addresses of a policy: `203.0.113.0/24`, `2001:db8::/32`, or one address.
struct IPRange {
  private let network: IPAddress
  private let prefix: Int

  /// Reads a range; nil for what holds no address.
  ///
  /// IPv4 may have bits behind the prefix, IPv6 not.
  init?(_ text: String) {
    let (first, length) = text.bytes.cut(at: "/")
    guard let network = IPAddress(literal: String(first)) else { return nil }
    self.network = network
    guard let length else {
      prefix = network.width
      return
    }
    let digits = length.utf8.first == UInt8(ascii: "+") ? length.utf8.dropFirst() : length.utf8[...]
    guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy({ 0x30...0x39 ~= $0 }),
      let prefix = Int(Substring(digits)), 0...network.width ~= prefix
    else { return nil }
    self.prefix = prefix
    let hosts = network.value & ((UInt128(1) << (network.width - prefix)) &- 1)
    guard network.width == 32 || hosts == 0 else { return nil }
  }

  /// Whether an address lies in the range.
  func contains(_ address: IPAddress) -> Bool {
    address.width == network.width
      && (address.value ^ network.value) >> (network.width - prefix) == 0
  }
}
