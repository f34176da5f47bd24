import Testing

@testable import Cryptography

/// Which protocol a server chooses of those that a client offers (RFC 7301 section 3.1).
@Suite struct ALPNTests {
  @Test(
    "HTTP/1.1 is chosen wherever it stands, and nothing else",
    arguments: [
      (["http/1.1"], 1), (["h2", "http/1.1"], 4), (["http/1.1", "h2"], 1), (["h2"], nil), ([], nil),
      (["http/1.0", "http/1.1"], 10), (["xhttp/1.1"], nil), (["http/1.1x"], nil),
    ] as [([String], Int?)])
  func choice(offered: [String], place: Int?) {
    let list = offered.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    let found = list.withUnsafeBufferPointer { http11Place(in: $0) }
    #expect(found == place.map { $0..<$0 + 8 })
  }

  @Test("a list whose last length reaches beyond it offers nothing more")
  func cut() {
    let list = [2] + Array("h2".utf8) + [9] + Array("http/1.1".utf8)
    #expect(list.withUnsafeBufferPointer { http11Place(in: $0) } == nil)
  }
}
