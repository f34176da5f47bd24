import HTTP
import JSON
import Testing

@testable import KubernetesAPI

/// Texts and numbers as Go has them, and who answers before a server is put together.
@Suite struct GoTextTests {
  @Test(
    "a quoted text has no byte that a terminal obeys",
    arguments: [
      ("", #""""#), ("a b", #""a b""#), ("\u{7}\u{8}\t\n\u{B}\u{C}\r", #""\a\b\t\n\v\f\r""#),
      (#""\"#, #""\"\\""#), ("\u{0}\u{1F}\u{7F}", #""\x00\x1f\x7f""#), ("é€", "\"é€\""),
      ("\u{80}\u{A0}", #""\u0080\u00a0""#), ("\u{200B}\u{2028}", #""\u200b\u2028""#),
      ("\u{E000}", #""\ue000""#), ("\u{10FFFF}", #""\U0010ffff""#), ("\u{1F600}", "\"\u{1F600}\""),
      ("~ ", #""~ ""#),
    ])
  func quoted(text: String, quoted: String) { #expect(GoText.quoted(text) == quoted) }

  @Test("code points", arguments: [("a", "U+0061"), ("\u{7}", "U+0007"), ("\u{1F600}", "U+1F600")])
  func codePoints(text: String, shown: String) throws {
    #expect(GoText.codePoint(try #require(text.unicodeScalars.first)) == shown)
  }

  @Test(
    "decimal numbers of 64 bits",
    arguments: [
      ("0", 0, 0), ("5", 5, 5), ("+5", 5, nil), ("-5", -5, nil), ("007", 7, 7),
      ("9223372036854775807", .max, 9_223_372_036_854_775_807),
      ("-9223372036854775808", .min, nil), ("9223372036854775808", nil, 9_223_372_036_854_775_808),
      ("18446744073709551615", nil, .max), ("18446744073709551616", nil, nil), ("", nil, nil),
      ("-", nil, nil), ("+", nil, nil), ("1.0", nil, nil), ("1e3", nil, nil), (" 1", nil, nil),
      ("0x1", nil, nil), ("1_0", nil, nil), ("--1", nil, nil), ("\u{661}", nil, nil),
    ] as [(String, Int64?, UInt64?)])
  func numbers(text: String, signed: Int64?, unsigned: UInt64?) {
    #expect((try? GoNumber.signed(text)) == signed)
    #expect((try? GoNumber.unsigned(text)) == unsigned)
  }

  @Test(
    "what is no number is told as strconv tells it",
    arguments: [
      ("x", "strconv.ParseInt: parsing \"x\": invalid syntax"),
      (
        "9223372036854775808",
        "strconv.ParseInt: parsing \"9223372036854775808\": value out of range"
      ),
    ])
  func failures(text: String, message: String) {
    let failure = #expect(throws: GoNumberFailure.self) { try GoNumber.signed(text) }
    #expect(failure?.description == message)
  }

  @Test("until a server knows who answers, it says to come back")
  func late() async {
    let handler = LateHandler()
    let request = HTTPRequest(target: "/")
    #expect(handler.immediateResponse(to: request) == nil)
    let early = await handler.respond(to: request)
    #expect(early.status == 503 && early.headers["Retry-After"] == "1")
    handler.set(ClosureHandler { _ in .text(200, "here") })
    let answer = handler.immediateResponse(to: request)
    let status = if let answer { answer.status } else { await handler.respond(to: request).status }
    #expect(status == 200)
  }
}
