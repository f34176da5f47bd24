import Platform
import Testing

@testable import Cryptography

/// Digests and codes, by the vectors of their standards.
@Suite struct DigestTests {
  @Test("equal means the same bytes and as many")
  func equal() {
    #expect(constantTimeEqual([], []) && constantTimeEqual([1, 2], [1, 2]))
    #expect(!constantTimeEqual([1, 2], [1, 3]) && !constantTimeEqual([0, 2], [1, 2]))
    #expect(!constantTimeEqual([1, 2], [1]) && !constantTimeEqual([1], [1, 2]))
    #expect(!constantTimeEqual([], [0]))
  }

  @Test("the digests of abc (FIPS 180-4, RFC 1321)")
  func abc() {
    let text = Array("abc".utf8)
    #expect(
      SHA256.hex(text) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Hex.encode(SHA1.digest(text)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(Hex.encode(MD5.digest(text)) == "900150983cd24fb0d6963f7d28e17f72")
  }

  @Test("bytes that come in pieces have the digest of the whole")
  func pieces() {
    var hasher = DigestHasher(.sha256)
    hasher.update([0x61])
    hasher.update([0x00, 0x62, 0x63, 0xFF][1..<3])
    hasher.update([])
    #expect(Hex.encode(hasher.finish()) == SHA256.hex(Array("abc".utf8)))
    let nothing = DigestHasher(.md5)
    var copy = nothing
    #expect(Hex.encode(copy.finish()) == "d41d8cd98f00b204e9800998ecf8427e")
  }

  @Test("a code of a message under a key (RFC 4231, test case 2)")
  func code() {
    let code = HMACSHA256.code(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
    #expect(
      Hex.encode(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }
}
