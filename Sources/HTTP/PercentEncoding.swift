import JSON
import Platform

/// Percent-encoding (RFC 3986 section 2.1).
package enum PercentEncoding {
  /// Decodes `%XX`; nil for a bad escape or when the result is not UTF-8.
  package static func decode(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String? {
    decode(Array(text.utf8)[...], plusIsBlank: plusIsBlank)
  }

  /// Decodes bytes of UTF-8.
  static func decode(_ text: ArraySlice<UInt8>, plusIsBlank: Bool) -> String? {
    let isPlain = !text.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }
    if isPlain { return String(validating: text, as: UTF8.self) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var position = text.startIndex
    while position < text.endIndex {
      let byte = text[position]
      position += 1
      switch byte {
      case UInt8(ascii: "%"):
        guard position + 1 < text.endIndex, let high = Hex.value(text[position]),
          let low = Hex.value(text[position + 1])
        else { return nil }
        bytes.append(high << 4 | low)
        position += 2
      case UInt8(ascii: "+") where plusIsBlank: bytes.append(0x20)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Encodes every byte outside the unreserved set (and outside `keeping`).
  package static func encode(_ text: some StringProtocol, keeping: String = "") -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let kept = Array(keeping.utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      case _ where kept.contains(byte): bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
