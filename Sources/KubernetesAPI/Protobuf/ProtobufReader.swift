import JSON

/// The reader of one message's fields on the wire (protobuf encoding, proto2).
///
/// Every length is checked against what is left, so that no input reads outside its message.
struct ProtobufReader {
  /// The value of one field, by wire type.
  enum Value {
    case varint(UInt64)
    case bytes(ArraySlice<UInt8>)
    /// A fixed 32 or 64 bit value, which no message read here uses.
    case fixed
  }

  private var rest: ArraySlice<UInt8>

  /// A reader of a message's bytes.
  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field's number and value; nil at the end of the message.
  mutating func next() throws(ProtobufFailure) -> (number: UInt64, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let tag = try varint()
    guard tag >> 3 > 0 else { throw .malformed("field number 0") }
    switch tag & 7 {
    case 0: return (tag >> 3, .varint(try varint()))
    case 1: return (tag >> 3, try skip(8))
    case 2:
      let count = try varint()
      guard count <= UInt64(rest.count) else {
        throw .malformed("a field is longer than its message")
      }
      let bytes = rest.prefix(Int(count))
      rest = rest.dropFirst(Int(count))
      return (tag >> 3, .bytes(bytes))
    case 5: return (tag >> 3, try skip(4))
    default: throw .malformed("wire type \(tag & 7)")
    }
  }

  private mutating func skip(_ count: Int) throws(ProtobufFailure) -> Value {
    guard rest.count >= count else { throw .malformed("a field is longer than its message") }
    rest = rest.dropFirst(count)
    return .fixed
  }

  private mutating func varint() throws(ProtobufFailure) -> UInt64 {
    var value: UInt64 = 0
    for position in 0..<10 {
      guard let byte = rest.popFirst() else { throw .malformed("it ends within a number") }
      if position == 9, byte > 1 { throw .malformed("a number beyond 64 bits") }
      value |= UInt64(byte & 0x7F) << (7 * UInt64(position))
      if byte & 0x80 == 0 { return value }
    }
    throw .malformed("a number beyond 64 bits")
  }
}

/// Why a protobuf body cannot be used.
enum ProtobufFailure: Error {
  /// The body has no `k8s\0` in front.
  case notKubernetes
  /// The bytes are not a message of the announced kind.
  case malformed(String)
  /// No table is kept for the kind, whose apiVersion and name these are.
  case unknownKind(apiVersion: String, kind: String)
}
