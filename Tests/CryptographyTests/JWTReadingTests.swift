import JSON
import Platform
import Testing

@testable import Cryptography

/// Where a strict reader and golang-jwt v5.2.2 differ.
@Suite struct JWTReadingTests {
  private static func part(_ text: String) -> String { Base64.encodeURL(Array(text.utf8)) }

  /// A token, whether the RFCs have it, and whether golang-jwt reads it.
  private static let tokens: [(String, Bool, Bool)] = [
    ("e30.e30.", true, true), ("e30.e30.eQ", true, true), ("e31.e30.", false, true),
    ("e30.e31.", false, true), ("e30.e30.eR", false, true), ("e3\n0.e30.", false, true),
    ("e30.e30.!!", false, true), ("\(part("null")).e30.", false, true),
    ("e30.\(part("null")).", false, true), ("e30.\(part(#"{"a":"\ud800"}"#)).", false, true),
    ("e30.e30.e30.e30", false, false), ("e30.e30", false, false), ("e30=.e30.", false, false),
    ("e30.e3+.", false, false), ("\(part("[]")).e30.", false, false), ("..", false, false),
    ("e30.\(part("{")).", false, false), ("e30.\(part("{} {}")).", false, false),
  ]

  @Test("each reads what its source reads", arguments: tokens)
  func readings(token: String, isStrict: Bool, isGolang: Bool) {
    #expect(((try? JWT(compact: token)) != nil) == isStrict)
    #expect(((try? JWT(compact: token, as: .golang)) != nil) == isGolang)
  }

  @Test("what golang-jwt takes for an object without members is one; a signature may be none")
  func lenient() throws {
    let token = try JWT(
      compact: "\(Self.part(#"{"kid":"k"}"#)).\(Self.part("null")).!!", as: .golang)
    #expect(token.keyID == "k" && token.claims == [:] && token.signature.isEmpty)
  }

  @Test(
    "the first thing that is wrong is told, in golang-jwt's order",
    arguments: [
      ("a.b", "parts"), ("a.!.c", "base64(header 0)"), ("e3.!.c", "json(header)"),
      ("W10.!.c", "notObject(header array)"), ("e30.abc!.c", "base64(claims 3)"),
      ("e30.abcde\n.c", "base64(claims 5)"), ("e30.MQ.c", "notObject(claims number)"),
    ])
  func order(token: String, wanted: String) {
    let error = #expect(throws: JWTMalformation.self) { try JWT(compact: token, as: .golang) }
    let told =
      switch error {
      case .parts: "parts"
      case .base64(let part, let position): "base64(\(part) \(position ?? -1))"
      case .json(let part, let reason): "json(\(part))\(reason == nil ? "?" : "")"
      case .notObject(let part, let type): "notObject(\(part) \(type))"
      case nil: "nothing"
      }
    #expect(told == wanted)
  }

  @Test("whom a token is for is a list or one text")
  func audiences() {
    #expect(JWT.audiences(in: ["aud": "a"]) == ["a"])
    #expect(JWT.audiences(in: ["aud": ["a", "b"]]) == ["a", "b"])
    #expect(JWT.audiences(in: ["aud": ["a", 1]]) == [] && JWT.audiences(in: [:]) == [])
  }
}
