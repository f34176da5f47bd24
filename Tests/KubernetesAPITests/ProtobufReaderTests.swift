import Testing

@testable import KubernetesAPI

/// Numbers and lengths on protobuf's wire.
@Suite struct ProtobufReaderTests {
  private static let seven = [UInt8](repeating: 0xFF, count: 9)

  /// The first field's number and value, such as `1 varint(5)`; nil where it is refused.
  private func first(_ bytes: [UInt8]) -> String? {
    var reader = ProtobufReader(bytes[...])
    guard let field = try? reader.next() else { return nil }
    switch field.value {
    case .varint(let number): return "\(field.number) \(number)"
    case .bytes(let bytes): return "\(field.number) \(Array(bytes))"
    case .fixed: return "\(field.number) fixed"
    }
  }

  @Test(
    "numbers of up to 64 bits are read, in their field",
    arguments: [
      ([0x08, 0x05], "1 5"), ([0x08, 0x80, 0x01], "1 128"), ([0x90, 0x01, 0x00], "18 0"),
      ([0x08] + seven + [0x01], "1 \(UInt64.max)"), ([0x08] + seven + [0x02], nil),
      ([0x08] + seven + [0x81, 0x00], nil), ([0x08, 0x80], nil), ([0x00, 0x05], nil),
    ] as [([UInt8], String?)])
  func numbers(bytes: [UInt8], field: String?) {
    #expect(first(bytes) == field)
  }

  @Test(
    "a field is no longer than its message",
    arguments: [
      ([0x12, 0x02, 0x01, 0x02], "2 [1, 2]"), ([0x12, 0x00], "2 []"),
      ([0x12, 0x02, 0x01], nil), ([0x0D, 1, 2, 3, 4], "1 fixed"), ([0x0D, 1, 2, 3], nil),
      ([0x09, 1, 2, 3, 4, 5, 6, 7, 8], "1 fixed"), ([0x09, 1, 2, 3, 4, 5, 6, 7], nil),
      ([0x0B], nil),
    ] as [([UInt8], String?)])
  func lengths(bytes: [UInt8], field: String?) {
    #expect(first(bytes) == field)
  }
}
