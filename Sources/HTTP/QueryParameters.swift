import JSON

/// The parameters of a query or of a form body, in order.
package struct QueryParameters: Sendable {
  /// Name and value of each, decoded.
  package private(set) var pairs: [(name: String, value: String)] = []
  /// Whether the text has more parameters than ``limit``; those behind them are not read.
  package private(set) var isCut = false
  /// The largest number of parameters: a form of megabytes has room for a million of them.
  package static let limit = 10_000

  /// Reads `a=b&c=d`.
  package init(_ text: some StringProtocol) { self.init(Array(text.utf8)) }

  /// Reads `a=b&c=d`; what is no UTF-8 becomes U+FFFD.
  package init(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "&")) ?? rest.endIndex
      let part = rest[..<end]
      rest = rest[min(end + 1, rest.endIndex)...]
      if part.isEmpty { continue }
      guard pairs.count < Self.limit else {
        isCut = true
        return
      }
      let cut = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
      pairs.append(
        (Self.text(part[..<cut]), Self.text(part[min(cut + 1, part.endIndex)...])))
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    PercentEncoding.decode(bytes, plusIsBlank: true) ?? repaired(bytes)
  }

  /// The text of bytes, as `String(decoding:as:)` reads them: of megabytes that are no UTF-8 that one
  /// takes several times as long.
  private static func repaired(_ bytes: ArraySlice<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var parser = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let scalar): text.append(contentsOf: scalar)
      case .error: text += [0xEF, 0xBF, 0xBD]
      case .emptyInput: return String(decoding: text, as: UTF8.self)
      }
    }
  }

  /// The first value of a parameter.
  package subscript(name: String) -> String? {
    let name = name.bytes
    return pairs.first { $0.name.bytes == name }?.value
  }

  /// Every value of a parameter.
  package func all(_ name: String) -> [String] {
    pairs.filter { $0.name.bytes == name.bytes }.map(\.value)
  }
}
