import Testing

@testable import KubernetesAPI

/// Protobuf's wire format (protobuf.dev, "Encoding").
@Suite struct ProtobufWriterTests {
  @Test(
    "a text has its field and its length before it, seven bits a byte",
    arguments: [
      (1, 0, [0x0A, 0x00]), (1, 127, [0x0A, 0x7F]), (15, 128, [0x7A, 0x80, 0x01]),
      (16, 300, [0x82, 0x01, 0xAC, 0x02]), (2, 16_384, [0x12, 0x80, 0x80, 0x01]),
    ] as [(Int, Int, [UInt8])])
  func text(field: Int, length: Int, head: [UInt8]) {
    var writer = ProtobufWriter()
    writer.string(field, String(repeating: "a", count: length))
    #expect(writer.bytes == head + Array(repeating: 0x61, count: length))
  }

  @Test("a message is a field of its bytes, an empty one too, and fields follow each other")
  func message() {
    var writer = ProtobufWriter()
    writer.message(2) { inner in
      inner.string(1, "é")
      inner.message(9) { _ in }
    }
    writer.string(3, "b")
    #expect(writer.bytes == [0x12, 6, 0x0A, 2, 0xC3, 0xA9, 0x4A, 0, 0x1A, 1, 0x62])
  }
}
