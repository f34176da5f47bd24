import CLinux
import Glibc
import Synchronization

/// A source of random bytes; tests seed it so that ids and keys are stable.
package struct Randomness: Sendable {
  private let fill: @Sendable (UnsafeMutableRawBufferPointer) -> Void

  /// The kernel's randomness, getrandom(2).
  package static let system = Randomness { buffer in
    var filled = 0
    while filled < buffer.count {
      let count = getrandom(buffer.baseAddress?.advanced(by: filled), buffer.count - filled, 0)
      if count > 0 {
        filled += count
      } else if errno != EINTR {
        fatalError("the kernel gives no randomness")
      }
    }
  }

  /// A repeatable sequence: for tests, and for faults that come by chance.
  package static func seeded(_ seed: UInt64) -> Randomness {
    let state = SeededState(seed)
    return Randomness { buffer in
      for index in buffer.indices { buffer[index] = state.nextByte() }
    }
  }

  /// `count` random bytes.
  package func bytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.withUnsafeMutableBytes { fill($0) }
    return bytes
  }

  /// A random integer of the range, each equally likely.
  package func integer(in range: ClosedRange<Int>) -> Int {
    var generator = Generator(randomness: self)
    return Int.random(in: range, using: &generator)
  }

  /// A random UUID, version 4, in lower case (RFC 9562 section 5.4).
  package func uuid() -> String {
    var bytes = bytes(16)
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let hex = Hex.encode(bytes)
    let cuts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return cuts.map { cut in
      String(hex.dropFirst(cut.lowerBound).prefix(cut.count))
    }.joined(separator: "-")
  }

  /// `count` characters drawn from an alphabet of ASCII characters.
  package func string(_ count: Int, from alphabet: String) -> String {
    let letters = Array(alphabet.utf8)
    return String(
      decoding: (0..<count).map { _ in letters[integer(in: 0...(letters.count - 1))] },
      as: UTF8.self)
  }

  private struct Generator: RandomNumberGenerator {
    let randomness: Randomness
    mutating func next() -> UInt64 {
      randomness.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  /// SplitMix64 (Steele, Lea, Flood 2014).
  private final class SeededState: Sendable {
    private let state: Mutex<UInt64>
    init(_ seed: UInt64) { state = Mutex(seed) }

    func nextByte() -> UInt8 {
      state.withLock { state in
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return UInt8(truncatingIfNeeded: mixed ^ (mixed >> 31))
      }
    }
  }
}
