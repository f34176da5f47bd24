import Platform
import Testing

@testable import S3

@Suite struct ObjectChecksumTests {
  @Test(
    "checksums of 123456789, the catalogues' check value",
    arguments: [
      (ObjectChecksum.crc32, "y/Q5Jg=="), (.crc32c, "4waSgw=="), (.crc64nvme, "rosUhgp5mIg="),
      (.sha1, "98O8HYCOBHMq32eZZczDTKeuNEE="),
      (.sha256, "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
    ])
  func values(checksum: ObjectChecksum, value: String) {
    for size in [1, 4, 9] {
      var digests = ObjectDigests([checksum, .sha256])
      var rest = Array("123456789".utf8)[...]
      while !rest.isEmpty {
        digests.update(rest.prefix(size))
        rest = rest.dropFirst(size)
      }
      let (md5, checksums) = digests.finish()
      #expect(checksums[checksum] == value)
      #expect(Hex.encode(md5) == "25f9e794323b453885f5181f1b624d0b")
    }
  }

  @Test(
    "ranges as S3 takes them",
    arguments: [
      ("bytes=0-1", 0..<2), ("bytes=5-", 5..<10), ("bytes=-3", 7..<10), ("bytes=0-99", 0..<10),
      ("bytes=-99", 0..<10), (nil, nil), ("bytes=3-2", nil), ("bytes=0-1,3-4", nil),
      ("items=0-1", nil), ("bytes=a-b", nil),
    ] as [(String?, Range<Int>?)])
  func ranges(field: String?, range: Range<Int>?) throws {
    #expect(try ByteRange.range(field, size: 10) == range)
  }

  @Test("ranges that cannot be had", arguments: ["bytes=10-", "bytes=-0", "bytes=99-100"])
  func unsatisfiable(field: String) {
    #expect(throws: S3Failure.self) { try ByteRange.range(field, size: 10) }
  }

  @Test(
    "keys that cannot be paths are refused",
    arguments: [
      "", "/a", "a/", "a//b", ".", "a/../b", "a/./b", "a\u{0}b", "..", "../\u{301}x",
      "../a\u{301}", "a/../\u{301}", "./\u{323}\u{301}", "..\u{0}",
      "a/" + String(repeating: "x", count: 256),
    ])
  func keys(text: String) {
    #expect(throws: S3Failure.self) { try ObjectKey(text).path() }
  }

  @Test(
    "keys are cut at every slash, whatever stands behind it",
    arguments: [
      ("a/\u{301}b", ["a", "\u{301}b"]), ("\u{301}/\u{323}", ["\u{301}", "\u{323}"]),
      ("é/e\u{301}", ["é", "e\u{301}"]), ("a\r/\nb", ["a\r", "\nb"]),
    ] as [(String, [String])])
  func marks(text: String, parts: [String]) throws {
    #expect(try ObjectKey(text).path().map { Array($0.utf8) } == parts.map { Array($0.utf8) })
  }
}
