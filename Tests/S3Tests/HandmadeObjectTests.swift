import AWSTestSupport
import Cryptography
import Glibc
import HTTP
import Platform
import Testing

/// Objects that somebody puts into a bucket's folder by hand.
@Suite struct HandmadeObjectTests {
  private func write(_ text: String, to path: String, modified seconds: Int) throws {
    try SafeFile.write(Array(text.utf8), to: path)
    let time = timespec(tv_sec: seconds, tv_nsec: 0)
    try #require(utimensat(AT_FDCWD, path, [time, time], 0) == 0)
  }

  @Test("a file that is changed by hand has another ETag, though its size stays")
  func changed() async throws {
    let s3 = try await S3Stack.withBucket()
    for (seconds, text) in [(1_700_000_000, "one"), (1_700_000_001, "two")] {
      try write(text, to: "\(s3.path)/bucket/k", modified: seconds)
      let wanted = "\"\(Hex.encode(MD5.digest(Array(text.utf8))))\""
      #expect(await s3.send("GET", "/bucket/k").headers["ETag"] == wanted)
      #expect(await s3.send("HEAD", "/bucket/k").headers["ETag"] == wanted)
    }
  }
}
