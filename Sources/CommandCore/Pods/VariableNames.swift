import JSON

/// A set of names of variables: whole ones, and what others begin or end with.
///
/// Names are compared without regard to case, since zsh ties `path` to `PATH`, curl and npm take
/// either, and a table that knows one spelling lets the other by.
struct VariableNames {
  private let whole: Set<ByteText>
  private let prefixes: [ByteText]
  private let suffixes: [ByteText]

  /// The names in texts that have one behind every blank: `NAME`, `PREFIX*` or `*SUFFIX`.
  init(_ texts: String...) {
    var (whole, prefixes, suffixes): (Set<ByteText>, [ByteText], [ByteText]) = ([], [], [])
    for word in texts.flatMap({ $0.bytes.split(separator: " ") }) {
      let star = UInt8(ascii: "*")
      if word.utf8.last == star {
        prefixes.append(String(decoding: word.utf8.dropLast(), as: UTF8.self).bytes)
      } else if word.utf8.first == star {
        suffixes.append(String(decoding: word.utf8.dropFirst(), as: UTF8.self).bytes)
      } else {
        whole.insert(word.bytes)
      }
    }
    (self.whole, self.prefixes, self.suffixes) = (whole, prefixes, suffixes)
  }

  /// Whether a name, as ``folded(_:)`` gives it, is in the set.
  func contains(_ name: ByteText) -> Bool {
    whole.contains(name) || prefixes.contains(where: name.hasPrefix)
      || suffixes.contains(where: name.hasSuffix)
  }

  /// A name in capitals.
  static func folded(_ name: String) -> ByteText {
    let upper = name.utf8.map { 0x61...0x7A ~= $0 ? $0 - 0x20 : $0 }
    return String(decoding: upper, as: UTF8.self).bytes
  }
}
