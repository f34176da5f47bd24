import Testing

@testable import HTTP

/// How much of a body is collected: as much as the limit says of the whole, however it comes.
@Suite struct BodyLimitTests {
  private static let limit = 100

  /// The body that is read, or the status of the refusal; nil where more is waited for.
  private static func read(
    _ text: String, by size: Int, raisedTo raised: Int? = nil
  ) -> Result<Int, HTTPRequestFailure>? {
    var parser = HTTPRequestParser(limits: HTTPLimits(body: limit))
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      bytes[start..<min(bytes.count, start + size)].withUnsafeBytes { parser.append($0) }
      do throws(HTTPRequestFailure) {
        reading: while true {
          switch try parser.next() {
          case .starved: break reading
          case .head: if let raised { parser.bodyLimit = raised }
          case .expectsContinue: break
          case .request(_, let body): return .success(body.count)
          }
        }
      } catch { return .failure(error) }
    }
    return nil
  }

  /// A request whose body comes in chunks of these sizes.
  private static func chunked(_ sizes: [Int]) -> String {
    let chunks = sizes.map {
      "\(String($0, radix: 16))\r\n\(String(repeating: "x", count: $0))\r\n"
    }
    return "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      + chunks.joined() + "0\r\n\r\n"
  }

  private static func whole(_ size: Int) -> String {
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n"
      + String(repeating: "x", count: size)
  }

  private static func status(_ result: Result<Int, HTTPRequestFailure>?) -> Int? {
    if case .failure(let failure) = result { failure.status } else { nil }
  }

  @Test("a body up to the limit is read", arguments: [1, 7, 4096])
  func fits(size: Int) throws {
    let texts =
      [Self.whole(100)]
      + [[100], [60, 40], [99, 1], [Int](repeating: 10, count: 10), [1, 99]].map(Self.chunked)
    for text in texts { #expect(try Self.read(text, by: size)?.get() == 100) }
  }

  @Test("one byte more is refused, in one chunk or in many", arguments: [1, 7, 4096])
  func tooLong(size: Int) {
    let texts =
      [Self.whole(101)]
      + [[101], [60, 41], [100, 1], [Int](repeating: 10, count: 11), [1, 100], [51, 51]]
      .map(Self.chunked)
    for text in texts { #expect(Self.status(Self.read(text, by: size)) == 413, "\(text)") }
  }

  @Test("a handler's own limit counts as well, of all chunks together", arguments: [1, 4096])
  func raised(size: Int) throws {
    let most = Self.chunked([100, 60, 40])
    #expect(try Self.read(most, by: size, raisedTo: 200)?.get() == 200)
    let more = Self.chunked([100, 60, 41])
    #expect(Self.status(Self.read(more, by: size, raisedTo: 200)) == 413)
  }
}
