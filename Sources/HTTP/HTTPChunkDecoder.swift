/// The chunked coding (RFC 9112 section 7.1) as it comes: sizes, data, trailer fields (passed over).
struct HTTPChunkDecoder {
  private enum State {
    case size
    case data(left: Int)
    case dataEnd
    case trailers
    case done
  }
  private var state = State.size
  private var trailerBytes = 0
  /// Bytes of size lines beyond what the data are worth.
  private var excess = 0
  private static let lineLimit = 4096
  private static let excessLimit = 16 << 10

  /// Decodes from `bytes` at `start`, which moves behind what was used, until `body` has `most`
  /// bytes; true once all has come.
  mutating func decode(
    _ bytes: [UInt8], from start: inout Int, into body: inout [UInt8], limits: HTTPLimits,
    most: Int = .max
  ) throws(HTTPRequestFailure) -> Bool {
    while true {
      switch state {
      case .size:
        guard let line = try line(bytes, &start) else { return false }
        let size = try Self.size(bytes[line])
        guard size <= limits.body - body.count else { throw HTTPRequestFailure(413) }
        // Small chunks are fine, long extensions in front of them only cost time.
        excess = max(0, excess + line.count - 16 - 2 * min(size, Self.excessLimit))
        guard excess <= Self.excessLimit else {
          throw HTTPRequestFailure(400, "too long chunk extensions")
        }
        state = size == 0 ? .trailers : .data(left: size)
      case .data(let left):
        let count = min(left, bytes.count - start, most - body.count)
        body.append(contentsOf: bytes[start..<(start + count)])
        start += count
        guard count == left else {
          state = .data(left: left - count)
          return false
        }
        state = .dataEnd
      case .dataEnd:
        guard bytes.count >= start + 1 else { return false }
        guard bytes[start] == 0x0D else { throw HTTPRequestFailure(400, "malformed chunk") }
        guard bytes.count >= start + 2 else { return false }
        guard bytes[start + 1] == 0x0A else { throw HTTPRequestFailure(400, "malformed chunk") }
        start += 2
        state = .size
      case .trailers:
        guard let line = try line(bytes, &start) else { return false }
        if line.isEmpty {
          state = .done
          return true
        }
        trailerBytes += line.count
        guard trailerBytes <= limits.head else { throw HTTPRequestFailure(431) }
        let field = Array(bytes[line])
        let parsed = field.withUnsafeBufferPointer { buffer in
          Result { () throws(HTTPRequestFailure) in try HTTPHeadParser.field(buffer) }
        }
        _ = try parsed.get()
      case .done: return true
      }
    }
  }

  private func line(
    _ bytes: [UInt8], _ start: inout Int
  ) throws(HTTPRequestFailure) -> Range<Int>? {
    var position = start
    while position < bytes.count, bytes[position] != 0x0A { position += 1 }
    guard position - start <= Self.lineLimit else {
      throw HTTPRequestFailure(400, "malformed chunk")
    }
    guard position < bytes.count else { return nil }
    guard position > start, bytes[position - 1] == 0x0D else {
      throw HTTPRequestFailure(400, "line feed without carriage return")
    }
    defer { start = position + 1 }
    return start..<(position - 1)
  }

  /// Section 7.1: at least one digit, no blank in front; extensions (7.1.1) are checked and ignored.
  private static func size(_ line: ArraySlice<UInt8>) throws(HTTPRequestFailure) -> Int {
    let digits = line.prefix { hexValue($0) != nil }
    let rest = line.dropFirst(digits.count)
    let isExtension =
      rest.first == UInt8(ascii: ";") && rest.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    guard !digits.isEmpty, digits.count <= 15, rest.isEmpty || isExtension else {
      throw HTTPRequestFailure(400, "malformed chunk size")
    }
    return digits.reduce(0) { $0 << 4 | (hexValue($1) ?? 0) }
  }

  private static func hexValue(_ byte: UInt8) -> Int? {
    switch byte {
    case 0x30...0x39: Int(byte) - 0x30
    case 0x41...0x46: Int(byte) - 0x37
    case 0x61...0x66: Int(byte) - 0x57
    default: nil
    }
  }
}
