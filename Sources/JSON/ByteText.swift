import Glibc

/// Text that is compared, ordered and hashed by its UTF-8 bytes.
///
/// Swift's `String` compares by canonical equivalence: two different names of a JSON object (RFC 8259
/// section 8.3), a query or a policy would be one, and a run of combining marks costs the square of
/// its length. So what callers send is compared as this, through ``Swift/StringProtocol/bytes``:
/// `name.bytes == "Action"`, `switch verb.bytes { case "GET": … }`, `[ByteText: Value]`.
@usableFromInline package struct ByteText: Sendable {
  /// The text itself.
  @usableFromInline package let string: String

  /// The text of a string.
  @inlinable package init(_ string: String) { self.string = string }
}

extension StringProtocol {
  /// The text, to be compared by bytes.
  package var bytes: ByteText { ByteText(String(self)) }
}

extension String {
  /// The text, to be compared by bytes.
  @inlinable package var bytes: ByteText { ByteText(self) }
}

extension Sequence where Element == String {
  /// Whether one of the texts has these bytes.
  @inlinable package func contains(_ text: ByteText) -> Bool {
    contains { ByteText($0) == text }
  }
}

extension Sequence where Element: StringProtocol {
  /// Whether one of the texts has these bytes.
  package func contains(_ text: ByteText) -> Bool { contains { text == $0 } }
}

extension ByteText: Hashable, Comparable {
  @inlinable package static func == (left: ByteText, right: ByteText) -> Bool {
    let count = left.string.utf8.count
    return count == right.string.utf8.count && left.isEqual(to: right, count: count)
  }

  /// Whether the bytes are those of a part of a text, which needs no copy.
  package static func == (left: ByteText, right: some StringProtocol) -> Bool {
    let (left, right) = (left.string.utf8, right.utf8)
    return left.count == right.count && left.elementsEqual(right)
  }

  /// Whether two texts of `count` bytes are the same.
  @usableFromInline func isEqual(to other: ByteText, count: Int) -> Bool {
    // Two strings of the same bits hold the same text; no other conclusion is drawn from the bits.
    let left = unsafeBitCast(string, to: (UInt, UInt).self)
    let right = unsafeBitCast(other.string, to: (UInt, UInt).self)
    if left == right { return true }
    // Other text than Swift's is other bytes, and Swift is quick with text this short.
    if count <= 15, string != other.string { return false }
    return string.utf8.span.bytes.withUnsafeBytes { left in
      other.string.utf8.span.bytes.withUnsafeBytes { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return true }
        return memcmp(left, right, count) == 0
      }
    }
  }

  @usableFromInline package static func < (left: ByteText, right: ByteText) -> Bool {
    left.string.utf8.span.bytes.withUnsafeBytes { left in
      right.string.utf8.span.bytes.withUnsafeBytes { right in
        guard let last = right.baseAddress else { return false }
        guard let first = left.baseAddress else { return !right.isEmpty }
        let order = memcmp(first, last, min(left.count, right.count))
        return order == 0 ? left.count < right.count : order < 0
      }
    }
  }

  @usableFromInline package func hash(into hasher: inout Hasher) {
    string.utf8.span.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    // No byte of UTF-8, so that two texts side by side are not taken for one.
    hasher.combine(UInt8.max)
  }
}

extension ByteText {
  /// Whether the text has no bytes.
  package var isEmpty: Bool { string.isEmpty }

  /// Whether the text begins with these bytes.
  package func hasPrefix(_ prefix: ByteText) -> Bool {
    string.utf8.count >= prefix.string.utf8.count && holds(prefix, at: 0)
  }

  /// Whether the text ends with these bytes.
  package func hasSuffix(_ suffix: ByteText) -> Bool {
    let start = string.utf8.count - suffix.string.utf8.count
    return start >= 0 && holds(suffix, at: start)
  }

  /// Whether these bytes stand at a place from which on there are as many.
  private func holds(_ part: ByteText, at place: Int) -> Bool {
    string.utf8.span.bytes.withUnsafeBytes { text in
      part.string.utf8.span.bytes.withUnsafeBytes { part in
        guard let first = text.baseAddress, let start = part.baseAddress else { return true }
        return memcmp(first + place, start, part.count) == 0
      }
    }
  }

  /// Whether the text has these bytes one after another somewhere.
  package func contains(_ part: ByteText) -> Bool {
    string.utf8.span.bytes.withUnsafeBytes { text in
      part.string.utf8.span.bytes.withUnsafeBytes { part in
        guard let first = part.first else { return true }
        var rest = text[...]
        while let place = rest.firstIndex(of: first), text.count - place >= part.count {
          if text[place...].starts(with: part) { return true }
          rest = text[(place + 1)...]
        }
        return false
      }
    }
  }

  /// The parts between the bytes that are `separator`, an ASCII character.
  ///
  /// A combining mark behind a separator makes one `Character` of both, so `String.split` misses it.
  package func split(
    separator: Unicode.Scalar, maxSplits: Int = .max, omittingEmptySubsequences: Bool = true
  ) -> [Substring] {
    string.utf8.split(
      separator: UInt8(ascii: separator), maxSplits: maxSplits,
      omittingEmptySubsequences: omittingEmptySubsequences
    ).map(Substring.init)
  }

  /// The text in front of the first `separator`, and that behind it where there is one.
  package func cut(at separator: Unicode.Scalar) -> (Substring, Substring?) {
    let text = string.utf8
    guard let place = text.firstIndex(of: UInt8(ascii: separator)) else {
      return (string[...], nil)
    }
    return (string[..<place], string[text.index(after: place)...])
  }

  /// The text behind these bytes; nil where it does not begin with them.
  package func without(prefix: ByteText) -> Substring? {
    guard hasPrefix(prefix) else { return nil }
    return Substring(string.utf8.dropFirst(prefix.string.utf8.count))
  }

  /// The text without an ASCII character wherever it stands.
  package func without(_ character: Unicode.Scalar) -> ByteText {
    let byte = UInt8(ascii: character)
    return ByteText(String(decoding: string.utf8.filter { $0 != byte }, as: UTF8.self))
  }

  /// The text with A to Z in lower case: what ignores case in HTTP and IAM ignores that of ASCII.
  package var asciiLowercased: ByteText {
    guard string.utf8.contains(where: { 0x41...0x5A ~= $0 }) else { return self }
    return ByteText(
      String(decoding: string.utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self))
  }
}

extension ByteText: ExpressibleByStringInterpolation, CustomStringConvertible {
  @inlinable package init(stringLiteral value: String) { string = value }
  @usableFromInline package var description: String { string }
}
