/// JSON that Go's decoder takes and a strict one does not: broken UTF-8, halves of surrogate pairs, and
/// up to 10,000 levels, of which the few that matter are kept.
package enum GoJSON {
  /// What a text begins with.
  package enum Beginning {
    case value(JSON)
    /// There is nothing but blanks.
    case nothing
    /// The text ends inside the value.
    case unfinished
    case malformed
  }

  /// No claim or member that is looked at lies deeper.
  private static let depth = 16

  /// A whole text, which ``GoJSONScanner`` does not object to.
  package static func value(of bytes: [UInt8]) -> JSON? {
    (try? JSON.parse(bytes)) ?? (try? JSON.parse(repaired(bytes)))
  }

  /// The first value of a text, as a decoder of a stream reads it: what follows is left alone.
  package static func firstValue(of bytes: [UInt8]) -> Beginning {
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    guard let start = bytes.firstIndex(where: { !blanks.contains($0) }) else { return .nothing }
    let isContainer = bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[")
    let end = isContainer ? containerEnd(bytes, from: start) : bytes.count
    let text = Array(bytes[start..<(end ?? bytes.count)])
    guard GoJSONScanner.objection(to: text) == nil else {
      return GoJSONScanner.isUnfinished(text) ? .unfinished : .malformed
    }
    return value(of: text).map { .value($0) } ?? .malformed
  }

  /// Where the object or list ends that begins at `start`; nil where the text ends first.
  private static func containerEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    var (depth, isText, position) = (0, false, start)
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\\") where isText: position += 1
      case UInt8(ascii: "\""): isText.toggle()
      case UInt8(ascii: "{") where !isText, UInt8(ascii: "[") where !isText: depth += 1
      case UInt8(ascii: "}") where !isText, UInt8(ascii: "]") where !isText:
        depth -= 1
        if depth == 0 { return position + 1 }
      default: break
      }
      position += 1
    }
    return nil
  }

  /// The text with the replacement character for what is no character, and null for what lies too deep.
  private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    let text = Array(String(decoding: bytes, as: UTF8.self).utf8)
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var (depth, isText, position) = (0, false, 0)
    while position < text.count {
      let byte = text[position]
      switch byte {
      case UInt8(ascii: "\\") where isText:
        let escape = escape(text, at: position)
        result += escape.bytes
        position += escape.length
        continue
      case UInt8(ascii: "\""): isText.toggle()
      case UInt8(ascii: "{") where !isText, UInt8(ascii: "[") where !isText:
        if depth == Self.depth, let end = containerEnd(text, from: position) {
          result += Array("null".utf8)
          position = end
          continue
        }
        depth += 1
      case UInt8(ascii: "}") where !isText, UInt8(ascii: "]") where !isText: depth -= 1
      default: break
      }
      result.append(byte)
      position += 1
    }
    return result
  }

  /// An escape with its length in the text; half of a surrogate pair becomes the replacement character.
  private static func escape(_ text: [UInt8], at position: Int) -> (bytes: [UInt8], length: Int) {
    func unit(at start: Int) -> UInt16? {
      guard start + 6 <= text.count, text[start] == UInt8(ascii: "\\"),
        text[start + 1] == UInt8(ascii: "u")
      else { return nil }
      return UInt16(String(decoding: text[(start + 2)..<(start + 6)], as: UTF8.self), radix: 16)
    }
    guard let first = unit(at: position) else {
      return (Array(text[position..<min(position + 2, text.count)]), 2)
    }
    if UTF16.isLeadSurrogate(first), let second = unit(at: position + 6),
      UTF16.isTrailSurrogate(second)
    {
      return (Array(text[position..<(position + 12)]), 12)
    }
    let isHalf = UTF16.isLeadSurrogate(first) || UTF16.isTrailSurrogate(first)
    return (isHalf ? Array("\\ufffd".utf8) : Array(text[position..<(position + 6)]), 6)
  }
}
