/// The texts of elements in an answer of the query protocol.
package struct XMLReader: Sendable {
  private let text: String

  /// A reader of an answer, or of what an element holds.
  package init(_ text: String) { self.text = text }

  /// The text of the first element of a name.
  package func first(_ name: String) -> String? { all(name).first }

  /// The texts of all elements of a name.
  package func all(_ name: String) -> [String] {
    let bytes = Array(text.utf8)
    let (start, end) = (Array("<\(name)>".utf8), Array("</\(name)>".utf8))
    var found: [String] = []
    var place = 0
    while let from = Self.find(start, in: bytes, from: place).map({ $0 + start.count }),
      let to = Self.find(end, in: bytes, from: from)
    {
      found.append(Self.unescaped(bytes[from..<to]))
      place = to + end.count
    }
    return found
  }

  /// Where a part begins, at a place or after it.
  private static func find(_ part: [UInt8], in bytes: [UInt8], from place: Int) -> Int? {
    guard place + part.count <= bytes.count else { return nil }
    return (place...(bytes.count - part.count)).first {
      bytes[$0] == part[0] && bytes[$0..<($0 + part.count)].elementsEqual(part)
    }
  }

  private static let entities: [(name: [UInt8], byte: UInt8)] = [
    ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
  ].map { (Array($0.0.utf8), UInt8(ascii: $0.1)) }

  private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
    var plain: [UInt8] = []
    var rest = text
    while let byte = rest.first {
      let entity = byte == UInt8(ascii: "&") ? entities.first { rest.starts(with: $0.name) } : nil
      plain.append(entity?.byte ?? byte)
      rest = rest.dropFirst(entity?.name.count ?? 1)
    }
    return String(decoding: plain, as: UTF8.self)
  }
}
