import Platform
import Testing

@testable import HTTP

/// Heads, in and out, below the socket.
@Suite struct HeadTests {
  private func head(_ text: String) throws -> HTTPRequestHead? {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    Array(text.utf8).withUnsafeBytes { parser.append($0) }
    guard case .request(let head, _) = try parser.next() else { return nil }
    return head
  }

  @Test("an absolute target's host counts, not the Host field's")
  func absolute() throws {
    for (target, host) in [
      ("http://b:1/x", "b:1"), ("http://b", "b"), ("http://b?x", "b"), ("/http://b", "a"),
    ] {
      let head = try #require(try head("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n"))
      #expect(head.headers.all("Host") == [host], "\(target)")
    }
  }

  @Test("a head has a thousand fields at most")
  func fields() throws {
    func text(_ count: Int) -> String {
      "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "a: b\r\n", count: count - 1) + "\r\n"
    }
    #expect(try head(text(1000))?.headers.fields.count == 1000)
    let failure = #expect(throws: HTTPRequestFailure.self) { try head(text(1001)) }
    #expect(failure?.status == 431)
  }

  private func written(
    _ response: HTTPResponse, _ framing: HTTPResponseEncoder.Framing, minorVersion: Int = 1,
    keepsAlive: Bool = true
  ) -> [String] {
    var output: [UInt8] = []
    HTTPResponseEncoder.writeHead(
      response, framing: framing, minorVersion: minorVersion, keepsAlive: keepsAlive, date: "D",
      into: &output)
    let text = String(decoding: output, as: UTF8.self)
    #expect(text.hasSuffix("\r\n\r\n"))
    return text.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
  }

  @Test("an answer says how it is delimited, and whether the connection stays")
  func framing() {
    let answer = HTTPResponse(status: 201, headers: ["A": "b"])
    let start = ["HTTP/1.1 201 Created", "A: b", "Date: D"]
    #expect(written(answer, .length(7)) == start + ["Content-Length: 7"])
    #expect(written(answer, .chunked) == start + ["Transfer-Encoding: chunked"])
    #expect(written(answer, .none) == start)
    #expect(written(answer, .none, keepsAlive: false) == start + ["Connection: close"])
    let old = ["HTTP/1.0 201 Created", "A: b", "Date: D"]
    #expect(written(answer, .untilClose, minorVersion: 0, keepsAlive: false) == old)
    #expect(
      written(answer, .length(0), minorVersion: 0)
        == old + ["Content-Length: 0", "Connection: keep-alive"])
  }

  @Test(
    "fields that would split the answer, and those that the server writes, are left out",
    arguments: [
      ("A", "b\r\nC: d"), ("A", "b\nc"), ("A", "\0"), ("A", "\u{7F}"), ("A\r\nB", "c"), ("", "c"),
      ("A B", "c"), ("A:", "c"), ("date", "x"), ("CONTENT-LENGTH", "9"),
      ("Transfer-Encoding", "chunked"), ("connection", "close"),
    ])
  func leftOut(name: String, value: String) {
    let answer = HTTPResponse(status: 200, headers: [name: value, "Keep": "t\tab é"])
    #expect(
      written(answer, .length(0))
        == ["HTTP/1.1 200 OK", "Keep: t\tab é", "Date: D", "Content-Length: 0"])
  }

  @Test("an empty piece is no chunk: it would end the body")
  func chunks() {
    var output: [UInt8] = []
    HTTPResponseEncoder.writeChunk([], into: &output)
    #expect(output.isEmpty)
    HTTPResponseEncoder.writeChunk([UInt8](repeating: 0x61, count: 26), into: &output)
    #expect(output == Array("1a\r\n".utf8) + [UInt8](repeating: 0x61, count: 26) + [13, 10])
  }

  @Test("an answer to HEAD is the head of the answer to GET", .timeLimit(.minutes(10)))
  func headRequests() async throws {
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]),
      loops: EventLoops(count: 1), handler: ClosureHandler { .text(200, "five:\($0.method)") })
    try server.start()
    let line = try #require(RawLine(port: Int(server.addresses[0].port)))
    line.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n")
    line.send("Connection: close\r\n\r\n")
    let text = String(decoding: line.readAll() ?? [], as: UTF8.self)
    #expect(text.contains("Content-Length: 9\r\n\r\nHTTP/1.1 200 OK"))
    #expect(text.hasSuffix("\r\n\r\nfive:GET"))
    await server.stop(grace: .zero)
  }
}
