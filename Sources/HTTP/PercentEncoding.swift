import Platform

/// Percent-encoding (RFC 3986 section 2.1).
package enum PercentEncoding {
  /// Decodes `%XX`; nil for a bad escape or when the result is not UTF-8.
  package static func decode(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(Hex.value),
          let low = rest.popFirst().flatMap(Hex.value)
        else { return nil }
        bytes.append(high << 4 | low)
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

/// The parameters of a query or of a form body, in order.
package struct QueryParameters: Sendable {
  /// Name and value of each, decoded.
  package private(set) var pairs: [(name: String, value: String)] = []

  /// Reads `a=b&c=d`.
  package init(_ text: some StringProtocol) {
    for part in text.split(separator: "&") {
      let cut = part.firstIndex(of: "=")
      let name = part[..<(cut ?? part.endIndex)]
      let value = cut.map { part[part.index(after: $0)...] } ?? ""
      pairs.append(
        (
          PercentEncoding.decode(name, plusIsBlank: true) ?? String(name),
          PercentEncoding.decode(value, plusIsBlank: true) ?? String(value)
        ))
    }
  }

  /// The first value of a parameter.
  package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// Every value of a parameter.
  package func all(_ name: String) -> [String] {
    pairs.filter { $0.name == name }.map(\.value)
  }
}
