import Platform
import Testing

@Suite struct EncodingTests {
  @Test(
    "encodes and decodes the vectors of RFC 4648 section 10",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(plain.utf8))
    let bare = String(encoded.filter { $0 != "=" })
    #expect(Base64.encodeURL(Array(plain.utf8)) == bare)
    #expect(Base64.decodeURL(bare) == Array(plain.utf8))
  }

  @Test(
    "refuses bad base 64", arguments: ["Z", "Zg=", "Zh==", "Z===", "Zm9v!", "Zg==Zg==", "===="])
  func badBase64(text: String) { #expect(Base64.decode(text) == nil) }

  @Test("tells the URL-safe alphabet from the standard one")
  func alphabets() {
    #expect(Base64.encodeURL([0xFB, 0xFF]) == "-_8")
    #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
    #expect(Base64.decodeURL("+/8") == nil)
    #expect(Base64.decodeURL("-_8=") == nil)
  }

  @Test("encodes and decodes base 16")
  func hex() {
    #expect(Hex.encode([0, 0xAF]) == "00af")
    #expect(Hex.decode("00aF") == [0, 0xAF])
    #expect(Hex.decode("0") == nil)
    #expect(Hex.decode("0g") == nil)
  }
}
