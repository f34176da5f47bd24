import Platform
import Testing

@Suite struct InstantTests {
  @Test(
    "writes and reads RFC 3339",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1_795_488_471, "2026-11-24T02:47:51Z"),
      (951_782_400, "2000-02-29T00:00:00Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
      (-1, "1969-12-31T23:59:59Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
    ] as [(Int64, String)])
  func rfc3339(seconds: Int64, text: String) {
    #expect(Instant(seconds: seconds).rfc3339 == text)
    #expect(Instant(rfc3339: text) == Instant(seconds: seconds))
  }

  @Test("drops trailing zeros of a fraction")
  func fraction() throws {
    let instant = try #require(Instant(rfc3339: "2026-11-24T02:47:51.120+01:00"))
    #expect(instant.rfc3339Nano == "2026-11-24T01:47:51.12Z")
    #expect(instant.rfc3339Milli == "2026-11-24T01:47:51.120Z")
    #expect(instant.wholeSeconds.rfc3339Nano == "2026-11-24T01:47:51Z")
  }

  @Test("writes and reads the forms of HTTP and SigV4")
  func otherForms() {
    let instant = Instant(seconds: 1_795_488_471)
    #expect(instant.httpDate == "Tue, 24 Nov 2026 02:47:51 GMT")
    #expect(Instant(httpDate: instant.httpDate) == instant)
    #expect(instant.basic == "20261124T024751Z")
    #expect(Instant(basic: instant.basic) == instant)
    #expect(Instant(seconds: 0).httpDate == "Thu, 01 Jan 1970 00:00:00 GMT")
  }

  @Test(
    "refuses texts that are no time",
    arguments: [
      "", "2026-11-24", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-24T24:00:00Z",
      "2026-11-24T02:47:51", "2026-11-24T02:47:51.Z", "2026-11-24T02:47:51Zx",
      "+026-11-24T02:47:51Z",
    ])
  func refuses(text: String) { #expect(Instant(rfc3339: text) == nil) }

  @Test("stops at the limits instead of overflowing")
  func limits() {
    #expect(Instant(seconds: .max).nanoseconds == .max)
    #expect((Instant(nanoseconds: .max) + .seconds(1)).nanoseconds == .max)
    #expect((Instant(nanoseconds: .min) - .seconds(1)).nanoseconds == .min)
  }
}
