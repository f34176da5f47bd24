/// Puts pieces of a stream together to lines.
struct LineSplitter {
  /// A line that is longer than the splitter takes.
  struct TooLong: Error {}

  /// The longest line, in bytes; an object of the API has 1.5 MiB at most.
  let limit: Int
  private var rest: [UInt8] = []

  init(limit: Int = 8 << 20) { self.limit = limit }

  /// The lines that a piece completes.
  mutating func add(_ piece: [UInt8]) throws(TooLong) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    while let end = piece[start...].firstIndex(of: 0x0A) {
      guard rest.count + end - start <= limit else { throw TooLong() }
      lines.append(rest + piece[start..<end])
      rest = []
      start = end + 1
    }
    guard rest.count + piece.count - start <= limit else { throw TooLong() }
    rest += piece[start...]
    return lines
  }
}
