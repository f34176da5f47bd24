import Glibc
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

  @Test(
    "arithmetic on what others sent stops at the limits",
    arguments: [Int64.min, Int64.min + 1, -1, 0, 1, 999_999_999, Int64.max - 1, Int64.max])
  func saturates(count: Int64) {
    let instant = Instant(nanoseconds: count)
    let durations: [Duration] = [
      .nanoseconds(Int64.min), .nanoseconds(Int64.max), .seconds(Int64.min), .seconds(Int64.max),
      .zero,
      .nanoseconds(-1), .nanoseconds(1), .nanoseconds(Int64.max) + .nanoseconds(999_999_999),
      .nanoseconds(Int64.min) - .nanoseconds(999_999_999),
    ]
    for duration in durations {
      #expect((instant + duration < instant) == (duration < .zero && instant.nanoseconds != .min))
      #expect((instant - duration > instant) == (duration < .zero && instant.nanoseconds != .max))
      _ = duration.nanoseconds
    }
    for other in [Int64.min, -1, 0, 1, .max] {
      let difference = instant - Instant(nanoseconds: other)
      #expect((difference < .zero) == (count < other))
    }
    #expect((0..<1_000_000_000).contains(instant.fraction))
    #expect(instant.wholeSeconds <= instant || instant.nanoseconds < 0)
    for text in [instant.rfc3339, instant.rfc3339Nano, instant.rfc3339Milli, instant.httpDate] {
      #expect(!text.isEmpty)
    }
  }

  @Test("a file's time may be any number")
  func timespecs() {
    for seconds in [Int.min, -1, 0, 9_223_372_037, .max] {
      #expect(
        (Instant(timespec(tv_sec: seconds, tv_nsec: 999_999_999)).nanoseconds < 0) == (seconds < 0))
    }
  }

  @Test(
    "seconds with a fraction are read where they count a time that can be told",
    arguments: [
      (0, 0), (1.5, 1_500_000_000), (-1.5, -1_500_000_000), (1_700_000_000_000, nil), (1e300, nil),
      (-1e300, nil), (.nan, nil), (.infinity, nil), (-.infinity, nil), (9.3e9, nil), (-9.3e9, nil),
    ] as [(Double, Int64?)])
  func fractionalSeconds(value: Double, expected: Int64?) {
    #expect(Instant(fractionalSeconds: value)?.nanoseconds == expected)
  }

  @Test(
    "a decimal number is read whole or not at all",
    arguments: [
      ("1", 1), ("-1.5e3", -1500), ("1\0", nil), ("nan", nil), ("inf", nil), ("0x10", nil),
      ("1e400", nil), ("", nil), ("1 ", nil), ("1e", nil), ("٣", nil),
    ] as [(String, Double?)])
  func decimals(text: String, expected: Double?) { #expect(Double(decimal: text) == expected) }
}
