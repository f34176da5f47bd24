// Manifests as JSON values, through libyaml. Linked into podid alone: servers take JSON.

package import JSON

/// Reads YAML as kubectl does: YAML 1.1's plain scalars, several documents, anchors.
package enum YAML {
  /// What a document may hold at most, each alias counted as what it stands for.
  static let valueLimit = 100_000
  /// How deep lists and maps may be nested.
  static let depthLimit = 100
  /// How many lines may begin with `%`: libyaml compares each directive with all before it.
  static let directiveLimit = 100

  /// The documents of a text; empty ones are left out.
  ///
  /// The time is linear in the length of the text: see ``YAMLEvents`` and ``YAMLDocument``.
  package static func documents(_ text: String) throws(YAMLError) -> [JSON] {
    try placed(text).map(\.value)
  }

  /// The same, with where each of their values stands.
  package static func placed(
    _ text: String
  ) throws(YAMLError) -> [(value: JSON, place: YAMLPlace)] {
    let bytes = Array(text.utf8)
    try checkDirectives(bytes)
    let events = try YAMLEvents(bytes)
    var documents: [(value: JSON, place: YAMLPlace)] = []
    while let document = try YAMLDocument.next(of: events) {
      if !document.value.isNull { documents.append(document) }
    }
    return documents
  }

  /// Refuses more lines that begin with `%` than any manifest has.
  private static func checkDirectives(_ bytes: [UInt8]) throws(YAMLError) {
    var count = 0
    var line = 1
    // The last bytes of the line breaks of YAML 1.1: LF, CR, NEL, LS and PS.
    let ends: [UInt8] = [0x0A, 0x0D, 0x85, 0xA8, 0xA9]
    var last: UInt8 = 0x0A
    for byte in bytes {
      if byte == UInt8(ascii: "%"), ends.contains(last) { count += 1 }
      guard count <= directiveLimit else {
        throw YAMLError(line: line, "more than \(directiveLimit) lines begin with %")
      }
      if byte == 0x0A { line += 1 }
      last = byte
    }
  }
}
