/// Base 64 (RFC 4648): the standard alphabet with padding, or the URL-safe one without.
package enum Base64 {
  private static let standard = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let urlSafe = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  private static let values: [UInt8] = table(standard)
  private static let urlValues: [UInt8] = table(urlSafe)

  private static func table(_ alphabet: [UInt8]) -> [UInt8] {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
    return table
  }

  /// The standard alphabet, padded (section 4).
  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    encode(Array(bytes), alphabet: standard, padded: true)
  }

  /// The URL-safe alphabet, without padding (section 5; RFC 7515 appendix C).
  package static func encodeURL(_ bytes: some Collection<UInt8>) -> String {
    encode(Array(bytes), alphabet: urlSafe, padded: false)
  }

  /// Decodes padded standard text; nil for anything else.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var letters = Array(text.utf8)
    guard letters.count % 4 == 0 else { return nil }
    for _ in 0..<2 where letters.last == UInt8(ascii: "=") { letters.removeLast() }
    return decode(letters, table: values)
  }

  /// Decodes unpadded URL-safe text; nil for anything else, trailing bits included.
  package static func decodeURL(_ text: some StringProtocol) -> [UInt8]? {
    decode(Array(text.utf8), table: urlValues)
  }

  /// Decodes as Go's `base64.RawURLEncoding`, which passes over line ends and trailing bits.
  /// - Throws: the place of the byte that Go objects to (`encoding/base64`, `CorruptInputError`).
  package static func decodeGoURL(_ letters: [UInt8]) throws(GoObjection) -> [UInt8] {
    let lineEnds: [UInt8] = [0x0A, 0x0D]
    if let place = letters.firstIndex(where: {
      urlValues[Int($0)] == 0xFF && !lineEnds.contains($0)
    }) {
      throw GoObjection(position: place)
    }
    let digits = letters.filter { !lineEnds.contains($0) }
    guard let bytes = decode(digits, table: urlValues, takesTrailingBits: true) else {
      throw GoObjection(position: letters.count - 1)
    }
    return bytes
  }

  /// Where Go finds a text broken.
  package struct GoObjection: Error {
    /// The byte's offset in the text.
    package let position: Int
  }

  private static func encode(_ bytes: [UInt8], alphabet: [UInt8], padded: Bool) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var position = 0
    while position < bytes.count {
      let left = bytes.count - position
      let group =
        UInt32(bytes[position]) << 16 | (left > 1 ? UInt32(bytes[position + 1]) << 8 : 0)
        | (left > 2 ? UInt32(bytes[position + 2]) : 0)
      text.append(alphabet[Int(group >> 18)])
      text.append(alphabet[Int(group >> 12 & 63)])
      if left > 1 { text.append(alphabet[Int(group >> 6 & 63)]) }
      if left > 2 { text.append(alphabet[Int(group & 63)]) }
      if padded && left < 3 {
        text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - left))
      }
      position += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func decode(
    _ letters: [UInt8], table: [UInt8], takesTrailingBits: Bool = false
  ) -> [UInt8]? {
    guard letters.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count * 3 / 4)
    var bits: UInt32 = 0
    var count = 0
    for letter in letters {
      let value = table[Int(letter)]
      guard value != 0xFF else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    guard takesTrailingBits || bits & ((1 << UInt32(count)) - 1) == 0 else { return nil }
    return bytes
  }
}
