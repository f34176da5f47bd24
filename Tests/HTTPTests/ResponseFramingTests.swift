import JSON
import Testing

@testable import HTTP

/// Where an answer's body ends, and whether its connection can be kept.
@Suite struct ResponseFramingTests {
  /// The parts of an answer, and of the end of its connection.
  private func parts(_ text: String, method: String = "GET") -> [String] {
    var parser = HTTPResponseParser(method: method)
    var parts = Array(text.utf8).withUnsafeBytes { parser.parse($0) }
    if let last = parser.finish() { parts.append(last) }
    return parts.map { part in
      switch part {
      case .head(let status, _): "\(status)"
      case .body(let bytes): String(decoding: bytes, as: UTF8.self)
      case .end(let keepsAlive): keepsAlive ? "kept" : "closed"
      case .broken(let failure): "broken \(failure.status)"
      }
    }
  }

  @Test(
    "a connection is kept where both sides mean to",
    arguments: [
      ("1", "", "kept"), ("1", "Connection: close\r\n", "closed"),
      ("1", "Connection: Close\r\n", "closed"),
      ("1", "Connection: x\r\nConnection: close\r\n", "closed"),
      ("1", "Connection: keep-alive\r\n", "kept"), ("0", "", "closed"),
      ("0", "Connection: Keep-Alive\r\n", "kept"),
      ("0", "Connection: keep-alive, close\r\n", "closed"),
    ])
  func kept(version: String, fields: String, end: String) {
    let text = "HTTP/1.\(version) 200 OK\r\n\(fields)Content-Length: 1\r\n\r\na"
    #expect(parts(text) == ["200", "a", end])
  }

  @Test("an answer to HEAD, a 204 and a 304 have no body, whatever their fields say")
  func bodiless() {
    let fields = "Content-Length: 5\r\n\r\n"
    #expect(parts("HTTP/1.1 200 OK\r\n" + fields, method: "HEAD") == ["200", "kept"])
    for status in [204, 304] {
      #expect(parts("HTTP/1.1 \(status) x\r\n" + fields) == ["\(status)", "kept"])
      #expect(parts("HTTP/1.1 \(status) x\r\n\r\n") == ["\(status)", "kept"])
    }
    #expect(parts("HTTP/1.1 200 OK\r\n" + fields) == ["200"])
    #expect(parts("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == ["200", "kept"])
  }

  @Test("without a length a body ends with its connection, which alone is no broken answer")
  func untilClose() {
    #expect(parts("HTTP/1.1 200 OK\r\n\r\nab") == ["200", "ab", "closed"])
    #expect(parts("HTTP/1.1 200 OK\r\n\r\n") == ["200", "closed"])
    #expect(parts("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab") == ["200", "ab"])
    #expect(parts("HTTP/1.1 200 OK\r\n") == [])
    #expect(
      parts("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n") == ["200", "a"])
  }

  @Test("what follows an answer is not taken for its body")
  func behind() {
    #expect(parts("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc") == ["200", "a", "kept"])
    #expect(
      parts("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nHTTP")
        == ["200", "a", "kept"])
  }

  @Test("informational answers are passed over, but 101 is one that nobody asked for")
  func informational() {
    let last = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    #expect(
      parts("HTTP/1.1 100 x\r\n\r\nHTTP/1.1 199 x\r\nA: b\r\n\r\n" + last) == ["200", "kept"])
    #expect(parts("HTTP/1.1 101 x\r\n\r\n") == ["101", "closed"])
  }

  @Test(
    "both framings, or a coding that is not chunked, are refused",
    arguments: [
      "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", "Transfer-Encoding: gzip\r\n",
      "Content-Length: 1, 1\r\n", "Content-Length: +1\r\n",
    ])
  func refused(fields: String) {
    #expect(parts("HTTP/1.1 200 OK\r\n\(fields)\r\na") == ["broken 400"])
  }
}

/// The chunked coding as it comes.
@Suite struct ChunkDecoderTests {
  private func decode(
    _ text: String, most: Int = .max, body limit: Int = .max / 2
  ) -> (body: String, isDone: Bool, left: Int, failure: Int?) {
    var decoder = HTTPChunkDecoder()
    var limits = HTTPLimits()
    limits.body = limit
    let bytes = Array(text.utf8)
    var (start, body) = (0, [UInt8]())
    do throws(HTTPRequestFailure) {
      let isDone = try decoder.decode(bytes, from: &start, into: &body, limits: limits, most: most)
      return (String(decoding: body, as: UTF8.self), isDone, bytes.count - start, nil)
    } catch {
      return (String(decoding: body, as: UTF8.self), false, bytes.count - start, error.status)
    }
  }

  @Test("chunks are put together, sizes in either case, trailers and extensions passed over")
  func whole() {
    let text = "A;x=\"y\"\r\n0123456789\r\n0b\r\nabcdefghijk\r\n00\r\nT: u\r\n\r\nrest"
    let found = decode(text)
    #expect(found.body == "0123456789abcdefghijk" && found.isDone && found.left == 4)
    let cut = decode(text, most: 12)
    #expect(cut.body == "0123456789ab" && !cut.isDone && cut.failure == nil)
  }

  @Test(
    "what is no chunk is refused",
    arguments: [
      ("\r\n", 400), (" 1\r\na\r\n", 400), ("1 \r\na\r\n", 400), ("g\r\n", 400), ("-1\r\n", 400),
      ("1\na\r\n", 400), ("1\r\nab\r\n", 400), ("1\r\na\rb", 400), ("1\r\na\n", 400), ("\n", 400),
      ("1;\u{1}\r\n", 400), ("1;\u{7F}\r\n", 400), ("1,x\r\n", 400), ("1000000000000000\r\n", 400),
      ("0\r\nbad trailer\r\n\r\n", 400), ("0\r\nA : b\r\n\r\n", 400), ("7\r\n", 413),
    ])
  func refused(text: String, status: Int) {
    #expect(decode(text, body: 6).failure == status)
  }

  @Test("a body as large as the limit is taken, over its chunks")
  func limit() {
    #expect(decode("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", body: 6).isDone)
    #expect(decode("3\r\nabc\r\n4\r\n", body: 6).failure == 413)
    #expect(decode("1;\t\r\na\r\n0\r\n\r\n", body: 6).isDone)
  }

  @Test("extensions that are longer than what they announce come to an end")
  func extensions() {
    let line = "1;" + String(repeating: "x", count: 1000) + "\r\na\r\n"
    #expect(decode(String(repeating: line, count: 16)).failure == nil)
    #expect(decode(String(repeating: line, count: 18)).failure == 400)
    // Large chunks are worth long lines.
    let large =
      "400;" + String(repeating: "x", count: 1000) + "\r\n" + String(repeating: "a", count: 1024)
      + "\r\n"
    #expect(decode(String(repeating: large, count: 40)).failure == nil)
  }
}
