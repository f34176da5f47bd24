/// Matches a long pattern against a long text, all places of the pattern at once.
///
/// Going back to the last `*` takes length times length steps, and a header of 60 KB against a policy
/// of 10 KB would take seconds. Here each byte of the text moves a set of bits, 64 places of the
/// pattern a step (Baeza-Yates and Gonnet, "A new approach to text searching", 1992).
struct GlobAutomaton {
  /// One place of a pattern between its `*`.
  enum Place {
    case byte(UInt8)
    /// One unit of UTF-16, as AWS takes `?`: half of a character beyond the Basic Multilingual Plane.
    case anyUnit
  }

  private let count: Int
  /// For each byte, the places that it fits.
  private var fits: [[UInt64]]
  /// The places behind a `*`, which stay whatever comes.
  private var stays: [UInt64]
  /// The places that are a `?`.
  private var wild: [UInt64]
  /// The places behind a `?`, which stay for the other bytes of its unit.
  private var staysInUnit: [UInt64]

  /// An automaton of a pattern's places; `behindRun` are those with a `*` before them, the number
  /// of places among them where the pattern ends with one.
  init(_ places: [Place], behindRun: [Int], ignoringCase: Bool) {
    count = places.count
    let words = places.count / 64 + 1
    fits = Array(repeating: [], count: 256)
    stays = Array(repeating: 0, count: words)
    staysInUnit = stays
    wild = stays
    let none = stays
    for (index, place) in places.enumerated() {
      let (word, bit) = (index >> 6, UInt64(1) << UInt64(index & 63))
      switch place {
      case .anyUnit:
        wild[word] |= bit
        let next = index + 1
        staysInUnit[next >> 6] |= 1 << UInt64(next & 63)
      case .byte(let byte):
        for spelling in ignoringCase ? Self.spellings(byte) : [byte] {
          if fits[Int(spelling)].isEmpty { fits[Int(spelling)] = none }
          fits[Int(spelling)][word] |= bit
        }
      }
    }
    for index in behindRun { stays[index >> 6] |= 1 << UInt64(index & 63) }
    for byte in 0..<256 where fits[byte].isEmpty { fits[byte] = none }
  }

  /// Whether the whole text matches.
  func matches(_ text: [UInt8]) -> Bool {
    var state = stays.map { _ in UInt64(0) }
    state[0] = 1
    for position in text.indices {
      let fitting = fits[Int(text[position])]
      let beginsUnit = Self.unitLength(text, position) > 0
      var carried: UInt64 = 0
      for word in state.indices {
        let moved = state[word] & (beginsUnit ? fitting[word] | wild[word] : fitting[word])
        var staying = state[word] & stays[word]
        if !beginsUnit { staying |= state[word] & staysInUnit[word] }
        state[word] = moved << 1 | carried | staying
        carried = moved >> 63
      }
    }
    return state[count >> 6] & 1 << UInt64(count & 63) != 0
  }

  /// How many bytes the unit of UTF-16 that begins at a place has; 0 where none begins.
  ///
  /// Of four bytes the first two stand for one unit, the others for another.
  static func unitLength(_ text: [UInt8], _ position: Int) -> Int {
    switch text[position] {
    case 0x80..<0xC0: position >= 2 && text[position - 2] >= 0xF0 ? 2 : 0
    case 0xC0..<0xE0: 2
    case 0xE0..<0xF0: 3
    case 0xF0...: 2
    default: 1
    }
  }

  private static func spellings(_ byte: UInt8) -> [UInt8] {
    switch byte {
    case 0x41...0x5A, 0x61...0x7A: [byte, byte ^ 0x20]
    default: [byte]
    }
  }
}
