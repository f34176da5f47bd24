/// Cuts out of texts what looks like a secret, for events and logs: tokens and keys that a caller put
/// where names belong, such as a path or a broken header.
///
/// By its form: a JWT; what follows `Bearer` or `Basic`; the value of a name such as `Secret=`; a long
/// word of Base64 with letters of both cases and digits, as AWS's secret keys and session tokens are.
/// In time linear in the text.
package enum SecretText {
  private static let mark = Array("<secret>".utf8)
  /// The length of AWS's secret access keys.
  private static let keyLength = 40
  /// The least length of what is taken for a JWT.
  private static let tokenLength = 20

  /// The text without what looks like a secret.
  package static func redacted(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count >= 8 else { return text }
    var result: [UInt8] = []
    var kept = 0
    var position = 0
    while position < bytes.count {
      guard isWord(bytes[position]) else {
        position += 1
        continue
      }
      var end = position
      while end < bytes.count, isWord(bytes[end]) { end += 1 }
      for secret in secrets(in: bytes, word: position..<end) {
        result += bytes[kept..<secret.lowerBound] + mark
        kept = secret.upperBound
        end = max(end, secret.upperBound)
      }
      position = end
    }
    guard kept > 0 else { return text }
    return String(decoding: result + bytes[kept...], as: UTF8.self)
  }

  /// Letters, digits and what else Base64 and JWTs have.
  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x2F, 0x3D, 0x5F, 0x25: true
    default: false
    }
  }

  /// The parts of the text that are the secrets which a word is, has or announces.
  private static func secrets(in bytes: [UInt8], word: Range<Int>) -> [Range<Int>] {
    let text = bytes[word]
    if word.count >= tokenLength, let start = tokenStart(text),
      word.upperBound - start >= tokenLength
    {
      return [start..<word.upperBound]
    }
    // A name with its value behind it, `Secret=x`, which is one word with it.
    if let equals = text.firstIndex(of: 0x3D), isSecretName(text[..<equals]) {
      var end = equals + 1
      while end < bytes.count, !endsValue(bytes[end]) { end += 1 }
      return end > equals + 1 ? [(equals + 1)..<end] : []
    }
    if isName(text, "bearer") || isName(text, "basic") {
      var start = word.upperBound
      while start < bytes.count, bytes[start] == 0x20 { start += 1 }
      var end = start
      while end < bytes.count, isWord(bytes[end]) { end += 1 }
      return start > word.upperBound && end - start >= 8 ? [start..<end] : []
    }
    guard word.count >= keyLength else { return [] }
    // A key may have slashes itself, and stand behind one.
    let bare = text.first == 0x2F ? text.dropFirst() : text
    if bare.count >= 100 || bare.count == keyLength, isMixed(bare) { return [bare.indices] }
    // Of a path, each part.
    let parts = text.split(separator: 0x2F)
    return parts.filter { $0.count >= keyLength && isMixed($0) }.map(\.indices)
  }

  /// Where `eyJ` stands, with which the Base64 of a JSON object begins.
  private static func tokenStart(_ text: ArraySlice<UInt8>) -> Int? {
    text.indices.dropLast(2).first {
      text[$0] == 0x65 && text[$0 + 1] == 0x79 && text[$0 + 2] == 0x4A
    }
  }

  /// Whether a byte stands behind a value: a blank, or what parts members.
  private static func endsValue(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x2C, 0x26, 0x22, 0x5C, 0x3B, 0x0A: true
    default: false
    }
  }

  /// The endings of names of which the value is a secret, in small letters.
  private static func isSecretName(_ name: ArraySlice<UInt8>) -> Bool {
    let small = name.suffix(40).map { 0x41...0x5A ~= $0 ? $0 + 0x20 : $0 }
    return ["secret", "secretkey", "secretaccesskey", "secret_access_key", "token", "password"]
      .contains { small.reversed().starts(with: $0.utf8.reversed()) }
  }

  private static func isName(_ word: ArraySlice<UInt8>, _ name: String) -> Bool {
    word.count == name.utf8.count
      && word.elementsEqual(name.utf8) { left, right in left | 0x20 == right }
  }

  /// Whether a word has letters of both cases and digits as random ones have, and names do not.
  private static func isMixed(_ word: ArraySlice<UInt8>) -> Bool {
    var (upper, lower, digits) = (0, 0, 0)
    for byte in word {
      switch byte {
      case 0x41...0x5A: upper += 1
      case 0x61...0x7A: lower += 1
      case 0x30...0x39: digits += 1
      default: break
      }
    }
    return upper >= 6 && lower >= 6 && digits >= 1
  }
}
