import AWSTestSupport
import Cryptography
import Glibc
import HTTP
import Platform
import Testing

/// Objects that somebody puts into a bucket's folder by hand.
@Suite struct HandmadeObjectTests {
  private func write(
    _ text: String, to path: String, modified seconds: Int, nanoseconds: Int = 0
  ) throws {
    try SafeFile.write(Array(text.utf8), to: path)
    let time = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
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

  @Test("dates of HTTP have whole seconds, so an object is as old as it says")
  func seconds() async throws {
    let s3 = try await S3Stack.withBucket()
    try write(
      "one", to: "\(s3.path)/bucket/k", modified: 1_700_000_000, nanoseconds: 500_000_000)
    let own = await s3.send("HEAD", "/bucket/k").headers["Last-Modified"] ?? ""
    #expect(own == "Tue, 14 Nov 2023 22:13:20 GMT")
    let before = "Tue, 14 Nov 2023 22:13:19 GMT"
    for method in ["GET", "HEAD"] {
      for (name, date, status) in [
        ("If-Modified-Since", own, 304), ("If-Modified-Since", before, 200),
        ("If-Unmodified-Since", own, 200), ("If-Unmodified-Since", before, 412),
      ] {
        let answer = await s3.send(method, "/bucket/k", headers: [name: date])
        #expect(answer.status == status, "\(method) \(name) \(date)")
      }
    }
  }
}
