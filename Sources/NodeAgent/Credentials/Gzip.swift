/// Answers in gzip (RFC 1952), which AWS's agent asks for.
enum Gzip {
  /// The text of a compressed body, as far as it came and up to `limit` bytes; nil where it is none.
  static func text(of bytes: [UInt8], limit: Int) -> [UInt8]? {
    guard bytes.count >= 10, bytes[0] == 0x1F, bytes[1] == 0x8B, bytes[2] == 8 else { return nil }
    let flags = bytes[3]
    var start = 10
    if flags & 4 != 0 {
      guard start + 2 <= bytes.count else { return [] }
      start += 2 + Int(bytes[start]) + Int(bytes[start + 1]) << 8
    }
    // A name and a comment, each with a zero behind it.
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      guard start < bytes.count, let end = bytes[start...].firstIndex(of: 0) else { return [] }
      start = end + 1
    }
    if flags & 2 != 0 { start += 2 }
    guard start < bytes.count else { return [] }
    var inflater = Inflater(bytes, from: start, limit: limit)
    return inflater.run()
  }
}

/// Undoes "deflate" (RFC 1951); what comes before a mistake, or before the end of the input, is kept.
private struct Inflater {
  private struct Failure: Error {}

  /// A canonical Huffman code: how many codes there are of each length, and their symbols in order.
  private struct Code {
    var counts = [Int](repeating: 0, count: 16)
    var symbols: [Int] = []

    /// - Throws: where there are more codes than their lengths leave room for.
    init(_ lengths: some Collection<UInt8>) throws(Failure) {
      for length in lengths { counts[Int(length)] += 1 }
      counts[0] = 0
      var room = 1
      for length in 1...15 {
        room = room << 1 - counts[length]
        guard room >= 0 else { throw Failure() }
      }
      var places = [Int](repeating: 0, count: 17)
      for length in 1...15 { places[length + 1] = places[length] + counts[length] }
      symbols = [Int](repeating: 0, count: places[16])
      for (symbol, length) in lengths.enumerated() where length != 0 {
        symbols[places[Int(length)]] = symbol
        places[Int(length)] += 1
      }
    }
  }

  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
    3073, 4097, 6145, 8193, 12289, 16385, 24577,
  ]
  private static let lengthOrder = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]

  private let bytes: [UInt8]
  private let limit: Int
  private var position: Int
  private var held = 0
  private var heldCount = 0
  private var output: [UInt8] = []

  init(_ bytes: [UInt8], from start: Int, limit: Int) {
    self.bytes = bytes
    self.limit = limit
    position = start
  }

  mutating func run() -> [UInt8] {
    do throws(Failure) {
      var isLast = false
      while !isLast {
        isLast = try bits(1) == 1
        switch try bits(2) {
        case 0: try copyStored()
        case 1:
          try copyCoded(try Code(Self.fixedLengths), try Code([UInt8](repeating: 5, count: 30)))
        case 2:
          let (lengths, distances) = try dynamicCodes()
          try copyCoded(lengths, distances)
        default: throw Failure()
        }
      }
    } catch {}
    return output
  }

  private mutating func bits(_ count: Int) throws(Failure) -> Int {
    while heldCount < count {
      guard position < bytes.count else { throw Failure() }
      held |= Int(bytes[position]) << heldCount
      position += 1
      heldCount += 8
    }
    defer {
      held >>= count
      heldCount -= count
    }
    return held & ((1 << count) - 1)
  }

  private mutating func put(_ byte: UInt8) throws(Failure) {
    guard output.count < limit else { throw Failure() }
    output.append(byte)
  }

  private mutating func symbol(_ code: Code) throws(Failure) -> Int {
    var (value, first, index) = (0, 0, 0)
    for length in 1...15 {
      value |= try bits(1)
      let count = code.counts[length]
      if value - first < count { return code.symbols[index + value - first] }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    throw Failure()
  }

  private mutating func copyStored() throws(Failure) {
    (held, heldCount) = (0, 0)
    guard position + 4 <= bytes.count else { throw Failure() }
    let count = Int(bytes[position]) | Int(bytes[position + 1]) << 8
    position += 4
    for _ in 0..<count {
      guard position < bytes.count else { throw Failure() }
      try put(bytes[position])
      position += 1
    }
  }

  private static let fixedLengths =
    [UInt8](repeating: 8, count: 144) + [UInt8](repeating: 9, count: 112)
    + [UInt8](repeating: 7, count: 24) + [UInt8](repeating: 8, count: 8)

  private mutating func dynamicCodes() throws(Failure) -> (Code, Code) {
    let (literals, distances) = (try bits(5) + 257, try bits(5) + 1)
    let given = try bits(4) + 4
    var lengths = [UInt8](repeating: 0, count: 19)
    for index in 0..<given { lengths[Self.lengthOrder[index]] = UInt8(try bits(3)) }
    let code = try Code(lengths)
    var all: [UInt8] = []
    while all.count < literals + distances {
      let symbol = try symbol(code)
      let (value, count): (UInt8, Int)
      switch symbol {
      case 16:
        guard let last = all.last else { throw Failure() }
        (value, count) = (last, 3 + (try bits(2)))
      case 17: (value, count) = (0, 3 + (try bits(3)))
      case 18: (value, count) = (0, 11 + (try bits(7)))
      default: (value, count) = (UInt8(symbol), 1)
      }
      all += [UInt8](repeating: value, count: count)
    }
    guard all.count == literals + distances else { throw Failure() }
    return (try Code(all[..<literals]), try Code(all[literals...]))
  }

  private mutating func copyCoded(_ lengths: Code, _ distances: Code) throws(Failure) {
    while true {
      let symbol = try symbol(lengths)
      if symbol == 256 { return }
      if symbol < 256 {
        try put(UInt8(symbol))
        continue
      }
      guard symbol - 257 < Self.lengthBases.count else { throw Failure() }
      let count = Self.lengthBases[symbol - 257] + (try bits(Self.lengthBits[symbol - 257]))
      let place = try self.symbol(distances)
      guard place < Self.distanceBases.count else { throw Failure() }
      let distance = Self.distanceBases[place] + (try bits(max(0, place / 2 - 1)))
      guard distance <= output.count else { throw Failure() }
      for _ in 0..<count { try put(output[output.count - distance]) }
    }
  }
}
