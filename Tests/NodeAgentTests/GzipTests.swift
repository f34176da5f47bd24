import HTTP
import Platform
import Testing

@testable import NodeAgent

/// Compressed answers, made by zlib, and broken ones.
@Suite struct GzipTests {
  private static let fixed =
    "1f8b0800000000000203ab564a54b2524a4c4a2688946a01358917c02c000000"
  private static let stored = "1f8b0800000000000403010700f8ff7b2278223a317d5c59eb3b07000000"
  private static let dynamic =
    "1f8b0800000000000203c5cdb90dc0400800c15e880938c8e8c6c7db03a277bb0bc7abd11a16c3b0db656e34941e"
    + "7836c6b9a90f962ef2750a922eb21c7f52af87023314104e10e96ea78b7d0c742f85e36616761f6915270b72891c"
    + "cae92f9d2ab79fbe2f1af6f5b2f0000000"
  private static let twice =
    #"c,g2"{2dcb22h,c,3h{"a}e{d2h0h1,g:},2bd0e03hg0cf{daf:bde:"22"g"0,{e00:}}hfd3c}e{":}b0ed,}ffg,hh13"#
    + "h:3d0ce0d3ef{0f{h,}f1ggd"

  private func text(_ hex: String, limit: Int = 1 << 20) throws -> String? {
    let bytes = try #require(Hex.decode(hex))
    return Gzip.text(of: bytes, limit: limit).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("blocks of each kind are read")
  func kinds() throws {
    #expect(try text(Self.fixed) == #"{"a":""# + String(repeating: "abc", count: 12) + #""}"#)
    #expect(try text(Self.stored) == #"{"x":1}"#)
    #expect(try text(Self.dynamic) == Self.twice + Self.twice)
  }

  @Test("a name, a comment and an extra field are passed over")
  func fields() throws {
    let rest = Self.stored.dropFirst(20)
    #expect(
      try text("1f8b081e000000000403" + "0200aabb" + "6e00" + "6300" + "ffff" + rest) == #"{"x":1}"#
    )
  }

  @Test("what is cut gives what came; what is too large gives the limit")
  func cut() throws {
    let bytes = try #require(Hex.decode(Self.dynamic))
    let whole = Self.twice + Self.twice
    for count in 10..<bytes.count {
      let text = Gzip.text(of: Array(bytes[..<count]), limit: 1 << 20) ?? []
      #expect(whole.utf8.starts(with: text))
    }
    #expect(try text(Self.dynamic, limit: 130)?.utf8.count == 130)
    #expect(try text("7b7d") == nil)
    #expect(try text("1f8b08") == nil)
  }

  @Test("bytes that are wrong anywhere neither trap nor grow")
  func broken() throws {
    for hex in [Self.fixed, Self.stored, Self.dynamic] {
      let bytes = try #require(Hex.decode(hex))
      for index in bytes.indices {
        for bit in 0..<8 {
          var changed = bytes
          changed[index] ^= 1 << bit
          #expect((Gzip.text(of: changed, limit: 5000) ?? []).count <= 5000)
        }
      }
    }
    let randomness = Randomness.seeded(7)
    for _ in 0..<3000 {
      let bytes = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + randomness.bytes(60)
      #expect((Gzip.text(of: bytes, limit: 5000) ?? []).count <= 5000)
    }
  }

  @Test("an answer is read plain where it says that it is compressed, in whatever case")
  func coding() throws {
    let body = try #require(Hex.decode(Self.stored))
    for (coding, isRead) in [("gzip", true), ("GZIP", true), ("br", false), (nil, false)] {
      var response = HTTPClientResponse(status: 200, headers: [:], body: body)
      response.headers["Content-Encoding"] = coding
      let failure = #expect(throws: UpstreamFailure.self) {
        try EKSAuthAnswer.credentials(in: response)
      }
      // What was read lacks credentials; what was not is no JSON.
      let isPlain = if case .local = failure { true } else { false }
      #expect(isPlain == isRead, "\(coding ?? "none")")
    }
  }
}
