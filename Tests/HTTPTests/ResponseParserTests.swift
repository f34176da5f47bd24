import Testing

@testable import HTTP

/// What the client takes of answers, and what is too much.
@Suite struct ResponseParserTests {
  /// The parts of an answer that comes in pieces of a size, or the failure.
  private func parse(
    _ text: String, pieces: Int = .max, method: String = "GET",
    before: (([String]) -> Void)? = nil
  ) -> Result<[String], HTTPRequestFailure> {
    var parser = HTTPResponseParser(method: method)
    var found: [String] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(pieces))
      rest = rest.dropFirst(piece.count)
      for part in piece.withUnsafeBytes({ parser.parse($0) }) {
        switch part {
        case .head(let status, let headers): found.append("\(status) \(headers.fields.count)")
        case .body(let bytes): found.append(String(decoding: bytes, as: UTF8.self))
        case .end(let keepsAlive): found.append("end \(keepsAlive)")
        case .broken(let failure):
          before?(found)
          return .failure(failure)
        }
      }
    }
    return .success(found)
  }

  @Test("reads heads, lengths and chunks, however they are cut", arguments: [1, 2, 7, .max])
  func ordinary(pieces: Int) throws {
    let answer = try parse(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", pieces: pieces
    ).get()
    #expect(answer.first == "200 1")
    #expect(answer.dropFirst().dropLast().joined() == "ab")
    #expect(answer.last == "end true")
    let chunks = try parse(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2;x=y\r\nab\r\n0\r\nT: u\r\n\r\n",
      pieces: pieces
    ).get()
    #expect(chunks.last == "end true")
  }

  @Test(
    "what is no answer is refused",
    arguments: [
      "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1200 OK\r\n\r\n", "HTTP/1.1 020 OK\r\n\r\n",
      "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 -20 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
      "HTTP/1.1 200 OK\r\nA\0: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
    ])
  func refused(text: String) {
    #expect(throws: HTTPRequestFailure.self) { try parse(text).get() }
  }

  @Test("what came before a mistake is told, however it is cut", arguments: [1, 2, 7, .max])
  func mistakes(pieces: Int) {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for (rest, body) in [("2\r\nab\r\nx\r\n", "ab"), ("0;a=b\r\nab\rI\r\n\r\n", ""), ("-\r\n", "")]
    {
      var found: [String] = []
      let answer = parse(head + rest, pieces: pieces) { found = $0 }
      #expect(throws: HTTPRequestFailure.self) { try answer.get() }
      #expect(found.first == "200 1" && found.dropFirst().joined() == body)
    }
  }

  @Test("heads, trailers, chunk lines and informational answers have an end")
  func bounds() {
    let ok = "HTTP/1.1 200 OK\r\n"
    let chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
    let field = "A: " + String(repeating: "b", count: 1000) + "\r\n"
    for (name, text) in [
      ("head without an end", ok + String(repeating: field, count: 400)),
      ("head", ok + String(repeating: field, count: 400) + "\r\n"),
      ("trailers", chunked + "0\r\n" + String(repeating: field, count: 400)),
      ("chunk line", chunked + "1;" + String(repeating: "x", count: 300_000)),
      ("informational", String(repeating: "HTTP/1.1 103 E\r\n\r\n", count: 20_000)),
    ] {
      for pieces in [1 << 16, Int.max] {
        #expect(throws: HTTPRequestFailure.self, "\(name)") {
          try parse(text, pieces: pieces).get()
        }
      }
    }
  }

  @Test("a head that comes byte by byte is searched once", .timeLimit(.minutes(10)))
  func dripped() throws {
    let field = "A: " + String(repeating: "b", count: 1000) + "\r\n"
    let text =
      "HTTP/1.1 200 OK\r\n" + String(repeating: field, count: 240)
      + "Content-Length: 0\r\n\r\n"
    #expect(try parse(text, pieces: 1).get() == ["200 241", "end true"])
  }
}
