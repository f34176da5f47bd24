/// A long array has its memory from the start: what doubles by itself takes up to three times as much
/// while it moves.
extension JSONParser {
  /// Elements from which on an array is long.
  static let long = 1 << 16

  /// How many elements the array that is read has still, as far as its text is well-formed.
  var elementsToCome: Int {
    var count = 0
    var depth = 0
    var index = position
    var isString = false
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\\") where isString: index += 1
      case UInt8(ascii: "\""): isString.toggle()
      case _ where isString: break
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if depth == 0 { return count }
        depth -= 1
      case UInt8(ascii: ",") where depth == 0: count += 1
      default: break
      }
      index += 1
    }
    return count
  }
}
