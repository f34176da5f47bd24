import AWSTestSupport
import AWSWire
import Cryptography
import Glibc
import HTTP
import JSON
import Platform
import Testing

@testable import S3

@Suite struct ObjectWriteTests {
  private func names(_ path: String) -> [String] {
    FolderWalk(path: path)?.names().sorted() ?? ["there is no such folder"]
  }

  private func record(_ s3: S3Stack, _ key: String) throws -> String {
    for name in names(s3.path + "/.podid/bucket") {
      let path = "\(s3.path)/.podid/bucket/\(name)"
      if try JSON.parse(SafeFile.read(path))["key"]?.string == key { return path }
    }
    return ""
  }

  @Test("of many writes that ask for the same, one wins", arguments: 0..<20)
  func oneWinner(round: Int) async throws {
    let s3 = try await S3Stack.withBucket()
    var wanted: HTTPHeaders = ["If-None-Match": "*"]
    for turn in 0..<3 {
      let fields = wanted
      let statuses = await withTaskGroup(of: (Int, String).self) { group in
        for number in 0..<16 {
          group.addTask {
            // No two bodies are alike: an entity tag that comes back would match again.
            let answer = await s3.send(
              "PUT", "/bucket/lock", headers: fields, body: "\(turn) \(number)")
            return (answer.status, answer.headers["ETag"] ?? "")
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.filter { $0.0 == 200 }.count == 1)
      #expect(statuses.filter { $0.0 == 412 }.count == 15)
      let winner = try #require(statuses.first { $0.0 == 200 })
      let found = await s3.send("GET", "/bucket/lock")
      #expect(found.headers["ETag"] == winner.1)
      wanted = ["If-Match": winner.1]
    }
  }

  @Test("a write that failed leaves no folder: its bucket can be removed")
  func failedWrite() async throws {
    let s3 = try await S3Stack.withBucket()
    // A folder where the metadata is to be.
    try SafeFile.makeFolder("\(s3.path)/.podid")
    try SafeFile.makeFolder("\(s3.path)/.podid/bucket")
    try SafeFile.makeFolder(
      "\(s3.path)/.podid/bucket/\(SHA256.hex(Array("a/b/c".utf8))).json")
    #expect(await s3.send("PUT", "/bucket/a/b/c", body: "x").status == 500)
    #expect(names("\(s3.path)/bucket") == [])
    // One that somebody made stays.
    try SafeFile.makeFolder("\(s3.path)/bucket/a")
    #expect(await s3.send("PUT", "/bucket/a/b/c", body: "x").status == 500)
    #expect(names("\(s3.path)/bucket") == ["a"] && names("\(s3.path)/bucket/a") == [])
    rmdir("\(s3.path)/bucket/a")
    #expect(await s3.send("DELETE", "/bucket").status == 204)
  }

  @Test("a trailer is announced once, however the names are written")
  func trailers() async throws {
    let s3 = try await S3Stack.withBucket()
    let name = "x-amz-checksum-crc32"
    func put(_ announced: String, _ count: Int) async -> HTTPResponse {
      let trailers = String(repeating: "\(name):NhCmhg==\r\n", count: count)
      return await s3.send(
        "PUT", "/bucket/k",
        headers: [
          "Content-Encoding": "aws-chunked", "x-amz-decoded-content-length": "5",
          "x-amz-trailer": announced,
        ], body: "5\r\nhello\r\n0\r\n\(trailers)\r\n",
        payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    }
    #expect(await put(" X-Amz-Checksum-CRC32", 1).status == 200)
    for announced in ["\(name),\(name)", "\(name), X-Amz-Checksum-Crc32"] {
      let refused = await put(announced, 2)
      #expect(refused.failure.status == 400 && refused.failure.code == "InvalidRequest")
    }
  }

  @Test("of a read's conditions those by entity tag count alone where both are there")
  func reads() async throws {
    let s3 = try await S3Stack.withBucket()
    _ = await s3.send("PUT", "/bucket/k", body: "text")
    let tag = await s3.send("HEAD", "/bucket/k").headers["ETag"] ?? ""
    let (past, future) = ("Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT")
    let cases: [(HTTPHeaders, Int)] = [
      (["If-Modified-Since": future], 304), (["If-Unmodified-Since": past], 412),
      (["If-None-Match": "\"x\"", "If-Modified-Since": future], 200),
      (["If-None-Match": tag, "If-Modified-Since": past], 304),
      (["If-Match": tag, "If-Unmodified-Since": past], 200),
      (["If-Match": "\"x\"", "If-Unmodified-Since": future], 412),
    ]
    for (fields, status) in cases {
      let answer = await s3.send("GET", "/bucket/k", headers: fields)
      #expect(answer.status == status, "\(fields.fields)")
    }
  }

  @Test("a condition that does not hold changes nothing")
  func unmet() async throws {
    let s3 = try await S3Stack.withBucket()
    let missing = await s3.send("PUT", "/bucket/k", headers: ["If-Match": "\"x\""], body: "no")
    #expect(missing.failure.code == "NoSuchKey")
    _ = await s3.send(
      "PUT", "/bucket/k", headers: ["Content-Type": "a/b", "x-amz-meta-v": "1"], body: "old")
    for fields in [["If-None-Match": "*"], ["If-Match": "\"x\""]] as [HTTPHeaders] {
      let refused = await s3.send("PUT", "/bucket/k", headers: fields, body: "new")
      #expect(refused.failure.status == 412 && refused.failure.code == "PreconditionFailed")
    }
    let found = await s3.send("GET", "/bucket/k")
    #expect(found.text == "old" && found.headers["x-amz-meta-v"] == "1")
    #expect(names(s3.path + "/.podid/.uploads") == [])
  }

  @Test("the old object has its metadata wherever a write was cut off", arguments: [false, true])
  func cutOff(hasSameSize: Bool) async throws {
    let s3 = try await S3Stack.withBucket()
    _ = await s3.send(
      "PUT", "/bucket/k", headers: ["Content-Type": "a/old", "x-amz-meta-v": "1"], body: "old")
    let object = s3.path + "/bucket/k"
    // The write is done up to its last step: the record is there, the object is the old one still.
    #expect(link(object, s3.path + "/kept") == 0)
    _ = await s3.send(
      "PUT", "/bucket/k", headers: ["Content-Type": "a/new", "x-amz-meta-v": "2"],
      body: hasSameSize ? "new" : "newer")
    let new = await s3.send("HEAD", "/bucket/k")
    #expect(new.headers["Content-Type"] == "a/new")
    #expect(rename(object, s3.path + "/new") == 0)
    #expect(rename(s3.path + "/kept", object) == 0)
    let old = await s3.send("GET", "/bucket/k")
    #expect(old.text == "old" && old.headers["Content-Type"] == "a/old")
    #expect(old.headers["x-amz-meta-v"] == "1")
    // And again, from the state that the cut left.
    _ = await s3.send("PUT", "/bucket/k", headers: ["Content-Type": "a/third"], body: "third")
    let third = await s3.send("GET", "/bucket/k")
    #expect(third.text == "third" && third.headers["Content-Type"] == "a/third")
  }

  @Test(
    "two files alike in size and time are told apart by their number, and a copy is still known")
  func alike() throws {
    var status = stat()
    status.st_size = 3
    status.st_ino = 1
    var metadata = ObjectMetadata()
    metadata.md5 = "old"
    let old = ObjectRecord.Generation(status, metadata)
    status.st_ino = 2
    metadata.md5 = "new"
    let record = ObjectRecord(key: "k", newest: .init(status, metadata), previous: old)
    let read = try #require(ObjectRecord(json: try JSON.parse(record.json.bytes())))
    #expect(read.generation(of: status)?.metadata.md5 == "new")
    status.st_ino = 1
    #expect(read.generation(of: status)?.metadata.md5 == "old")
    status.st_ino = 99
    #expect(read.generation(of: status)?.metadata.md5 == "new")
    status.st_size = 4
    #expect(read.generation(of: status) == nil)
  }

  @Test("records of the version before are read")
  func oldRecord() async throws {
    let s3 = try await S3Stack.withBucket()
    _ = await s3.send("PUT", "/bucket/k", headers: ["Content-Type": "a/b"], body: "x")
    let path = try record(s3, "k")
    var object = try #require(try JSON.parse(SafeFile.read(path)).object)
    object["inode"] = nil
    object["previous"] = nil
    try SafeFile.write(JSON.object(object).bytes(), to: path)
    #expect(await s3.send("HEAD", "/bucket/k").headers["Content-Type"] == "a/b")
  }

  @Test(
    "a key stays below its bucket",
    arguments: [
      "/bucket/../%CC%81escaped", "/bucket/a/../%CC%81x", "/bucket/..%2F%CC%81x",
      "/bucket/.podid%2F../%CC%81x", "/bucket/..", "/bucket/a%2F..%2F..%2F%CD%85x", "/bucket/%00",
    ])
  func inside(target: String) async throws {
    let s3 = try await S3Stack.withBucket()
    let before = names(s3.path)
    let answer = await s3.send("PUT", target, body: "x")
    #expect(answer.status == 400, "\(answer.failure)")
    #expect(await s3.send("GET", target).status == 404)
    #expect(await s3.send("DELETE", target).status == 204)
    #expect(names(s3.path) == before)
    #expect(names(s3.path + "/bucket") == [])
  }

  @Test("keys, prefixes, delimiters and places are bytes")
  func bytes() async throws {
    let s3 = try await S3Stack.withBucket()
    let composed = "%C3%A9"
    let apart = "e%CC%81"
    for key in [composed + "/a", apart + "/b", "e/c", "e/%CC%81d"] {
      #expect(await s3.send("PUT", "/bucket/\(key)", body: key).status == 200)
    }
    func keys(_ query: String) async -> [String] {
      let text = await s3.send("GET", "/bucket?list-type=2&encoding-type=url&\(query)").text
      return text.split(separator: "<Key>").dropFirst().map { String($0.prefix { $0 != "<" }) }
    }
    #expect(await keys("prefix=\(composed)") == ["\(composed)/a"])
    #expect(await keys("prefix=\(apart)") == ["\(apart)/b"])
    #expect(await keys("prefix=e") == ["e/c", "e/%CC%81d", "\(apart)/b"])
    #expect(await keys("start-after=\(apart)/b") == ["\(composed)/a"])
    #expect(await keys("prefix=e&delimiter=%CC%81") == ["e/c"])
    for key in [composed + "/a", apart + "/b", "e/%CC%81d"] {
      #expect(await s3.send("GET", "/bucket/\(key)").text == key)
    }
  }

  @Test("pages of a listing are cut of the whole, in the order of the keys' bytes")
  func pages() async throws {
    let s3 = try await S3Stack.withBucket()
    let keys = [
      "a-b", "a/b/c", "a/b-c", "a/b/d", "a.b", "a/é", "b", "c/d/e/f", "c/d-e", "c-d/e", "z", "é/1",
    ]
    for key in keys {
      let path = PercentEncoding.encode(key, keeping: "/")
      #expect(await s3.send("PUT", "/bucket/\(path)", body: key).status == 200)
    }
    symlink("z", "\(s3.path)/bucket/link")
    let folder = try BucketFolder(path: s3.path)
    for prefix in ["", "a", "a/", "a/b", "c/d", "c/d/e/f", "none"] {
      for delimiter in ["", "/", "-", "b"] {
        func page(after start: String, _ limit: Int) async -> KeyPage {
          await folder.list(
            KeyPage(prefix: prefix, delimiter: delimiter, after: start, limit: limit),
            in: "bucket")
        }
        var whole: [String] = []
        for key in keys.sorted(by: { $0.bytes < $1.bytes }) where key.hasPrefix(prefix) {
          let rest = key.dropFirst(prefix.count)
          let end =
            delimiter.isEmpty ? rest.endIndex : rest.firstRange(of: delimiter)?.upperBound
          let text = prefix + rest[..<(end ?? rest.endIndex)]
          if !whole.contains(text) { whole.append(text) }
        }
        #expect(await page(after: "", 1000).entries.map(\.text) == whole)
        for limit in 1...3 {
          var found: [String] = []
          var isTruncated = true
          // A page that begins with what ended the one before would never end.
          while isTruncated, found.count <= whole.count {
            let next = await page(after: found.last ?? "", limit)
            #expect(next.entries.count <= limit)
            found += next.entries.map(\.text)
            isTruncated = next.isTruncated && !next.entries.isEmpty
          }
          #expect(found == whole, "\(prefix) \(delimiter) \(limit)")
        }
        #expect(await page(after: "", 0).entries.isEmpty)
      }
    }
  }

  @Test("a bucket that is gone when an upload ends takes no object")
  func goneBucket() async throws {
    let s3 = try await S3Stack.withBucket()
    let folder = try BucketFolder(path: s3.path)
    let upload = try folder.makeUpload()
    try upload.write([1, 2, 3])
    try await folder.removeBucket("bucket")
    let failure = await #expect(throws: S3Failure.self) {
      try await folder.commit(
        upload, upload.finish(), ObjectMetadata(), to: try ObjectKey("k"), in: "bucket",
        if: .none)
    }
    #expect(failure?.error.code == "NoSuchBucket")
    #expect(!SafeFile.exists(s3.path + "/bucket"))
  }

  @Test("an upload that is let go leaves no file")
  func letGo() async throws {
    let s3 = try await S3Stack.withBucket()
    let folder = try BucketFolder(path: s3.path)
    do {
      let upload = try folder.makeUpload()
      try upload.write([1, 2, 3])
      #expect(names(s3.path + "/.podid/.uploads").count == 1)
    }
    #expect(names(s3.path + "/.podid/.uploads") == [])
  }

  @Test("chunks of every size become one object, in their order")
  func chunks() async throws {
    let stack = try await S3Stack.withBucket()
    let sizes = [1, 1, 3, 5000, 2, 4096, 4095, 70_000, 1]
    var (data, body) = ("", "")
    for (index, size) in sizes.enumerated() {
      let chunk = String(repeating: "\(index)", count: size)
      data += chunk
      body += "\(String(size, radix: 16))\r\n\(chunk)\r\n"
    }
    let answer = await stack.send(
      "PUT", "/bucket/k",
      headers: [
        "Content-Encoding": "aws-chunked", "x-amz-decoded-content-length": "\(data.utf8.count)",
      ], body: body + "0\r\n\r\n", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    #expect(answer.status == 200)
    #expect(answer.headers["ETag"] == "\"\(Hex.encode(MD5.digest(Array(data.utf8))))\"")
  }
}
