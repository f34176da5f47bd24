import Platform

/// The references of a compiled file: which of its functions needs which symbol of elsewhere.
///
/// A 64-bit ELF object in the machine's byte order (System V ABI, "Object Files").
package struct ObjectFile {
  private let bytes: [UInt8]

  /// Reads a file; nil where it is no such object.
  package init?(path: String) {
    guard let bytes = try? SafeFile.read(path), bytes.count > 64,
      bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2])
    else { return nil }
    self.bytes = bytes
  }

  /// The functions that refer to a symbol which `isWanted` picks, each with that symbol.
  ///
  /// What lies outside of functions, such as tables of constants, counts as the function "".
  package func references(to isWanted: (String) -> Bool) -> [(function: String, symbol: String)] {
    bytes.withUnsafeBytes { raw in
      func number<Value: FixedWidthInteger>(_ offset: Int, _: Value.Type) -> Int {
        Int(raw.loadUnaligned(fromByteOffset: offset, as: Value.self))
      }
      let table = number(0x28, UInt64.self)
      let sections = (0..<number(0x3C, UInt16.self)).map { index -> Section in
        let place = table + index * number(0x3A, UInt16.self)
        return Section(
          type: number(place + 4, UInt32.self), start: number(place + 24, UInt64.self),
          size: number(place + 32, UInt64.self), link: number(place + 40, UInt32.self),
          info: number(place + 44, UInt32.self), flags: number(place + 8, UInt64.self))
      }
      guard let symbols = sections.first(where: { $0.type == 2 }) else { return [] }
      let names = sections[symbols.link].start
      var wanted: [Int: String] = [:]
      // The functions of each section, by where they begin.
      var functions: [Int: [(start: Int, end: Int, name: String)]] = [:]
      for index in 0..<(symbols.size / 24) {
        let place = symbols.start + index * 24
        let name = Self.text(raw, at: names + number(place, UInt32.self))
        if isWanted(name) { wanted[index] = name }
        guard raw[place + 4] & 0xF == 2 else { continue }
        let start = number(place + 8, UInt64.self)
        functions[number(place + 6, UInt16.self), default: []].append(
          (start, start + number(place + 16, UInt64.self), name))
      }
      guard !wanted.isEmpty else { return [] }
      var found: [(String, String)] = []
      // Relocations of what is loaded; those of debug information refer to everything.
      for section in sections where section.type == 4 && sections[section.info].flags & 2 != 0 {
        for place in stride(from: section.start, to: section.start + section.size, by: 24) {
          guard let symbol = wanted[number(place + 12, UInt32.self)] else { continue }
          let offset = number(place, UInt64.self)
          let function = functions[section.info]?.first { $0.start <= offset && offset < $0.end }
          found.append((function?.name ?? "", symbol))
        }
      }
      return found
    }
  }

  private struct Section {
    let type, start, size, link, info, flags: Int
  }

  private static func text(_ raw: UnsafeRawBufferPointer, at start: Int) -> String {
    let rest = UnsafeRawBufferPointer(rebasing: raw[start...])
    return String(decoding: rest.prefix { $0 != 0 }, as: UTF8.self)
  }
}
