import Testing

@testable import AWSAPI

@Suite struct ObjectChecksumTests {
  @Test(
    "checksums of 123456789, the catalogues' check value",
    arguments: [
      (ObjectChecksum.crc32, "y/Q5Jg=="), (.crc32c, "4waSgw=="), (.crc64nvme, "rosUhgp5mIg="),
    ])
  func values(checksum: ObjectChecksum, value: String) {
    #expect(checksum.value(of: Array("123456789".utf8)) == value)
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
    arguments: ["", "/a", "a/", "a//b", ".", "a/../b", "a/./b", "a\u{0}b"])
  func keys(text: String) {
    #expect(throws: S3Failure.self) { try ObjectKey(text).path() }
  }
}
