import IAMPolicy
import Testing

/// Dates of conditions: the forms that are recorded from AWS, compared to a millisecond.
@Suite struct DateConditionTests {
  @Test(
    "two ways to write the same time",
    arguments: [
      ("2030-01-01T00:00:00Z", "2030-01-01"), ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00"),
      ("2030-01-01T00:00:00Z", "1893456000"), ("2030-01-01T00:00:00Z", "+1893456000"),
      ("2030-01-01", "2030-01"), ("2030-01-01", "2030-1-1"), ("2030-01-01", "+2030-01-01"),
      ("2030-01-01", "2030-01-01T"), ("2030-01-01", "2030-01-01TZ"),
      ("2030-01-01T01:30:00Z", "2030-01-01t01:30z"), ("2030-01-01T02:00:00", "2030-01-01T2"),
      ("2030-01-01T01:30:00Z", "2030-01-01T01.5"), ("2030-01-01T00:00:30Z", "2030-01-01T00:00,5"),
      ("2030-01-01T00:00:00Z", "2030-01-01T02:00+02"),
      ("2030-01-01T00:00:00Z", "2029-12-31T19:30:00-0430"),
      ("2030-01-01T00:00:00Z", "2030-01-01T02:00:01+02:00:01"),
      ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00.0001Z"),
      ("2030-01-01T00:00:00.1231Z", "2030-01-01T00:00:00.1239Z"),
      ("1969-12-31T23:59:59.9991Z", "1969-12-31T23:59:59.999Z"),
      ("2030-01-01T00:00:00.120Z", "2030-01-01T00:00:00,12"), ("01T", "0001-01-01"),
      ("2028-02-29", "1835395200"), ("2030", "2030"), ("-292275054", "-292275054"),
      ("1970-01-01T00:00:00-00:00", "-0"), ("1600-02-29", "-11670998400"),
      ("2016-12-13t2:00:00.593194+23", "2016-12-12T03:00:00.593Z"),
      ("999999999-01-01", "999999999-01-01T00:00:00"),
    ])
  func same(left: String, right: String) throws {
    #expect(try outcome("DateEquals", [left], right) == .match)
    #expect(try outcome("DateEquals", [right], left) == .match)
    #expect(try outcome("DateNotEquals", [left], right) == .mismatch)
    #expect(try outcome("DateLessThan", [left], right) == .mismatch)
    #expect(try outcome("DateGreaterThanEquals", [left], right) == .match)
  }

  @Test(
    "the order of times",
    arguments: [
      ("2030-01-01T00:00:00.123Z", "2030-01-01T00:00:00.124Z"), ("1893456000", "1893456001"),
      ("-1", "1969-12-31T23:59:59.001Z"), ("1969-12-31T23:59:58.999Z", "-1"),
      ("-9223372036854775808", "9223372036854775807"), ("-0001-12-31", "0001-01-01"),
      ("2026-11-24T10:00:00+01:00", "2026-11-24T09:00:00.001Z"),
    ])
  func order(earlier: String, later: String) throws {
    #expect(try outcome("DateLessThan", [later], earlier) == .match)
    #expect(try outcome("DateLessThanEquals", [later], earlier) == .match)
    #expect(try outcome("DateLessThan", [earlier], later) == .mismatch)
    #expect(try outcome("DateGreaterThan", [earlier], later) == .match)
    #expect(try outcome("DateGreaterThanEquals", [later], earlier) == .mismatch)
    #expect(try outcome("DateNotEquals", [later], earlier) == .match)
  }

  @Test(
    "what is no date is before, after and at no time",
    arguments: [
      "", "not-a-date", "234-13", "2030-02-29", "2030-00-01", "2030-01-32", "2030-01-01T24:00:00Z",
      "2030-01-01T00:60", "2030-01-01T00:00:60Z", "2030-01-01T00:00:00+1",
      "2030-01-01T00:00:00+24", "2030-01-01T00:00:00.1999999999Z", "2030-01-01T00:00:00.Z",
      "2030-01-01Z", "2030-01-01 00:00:00", " 2030-01-01", "2030-01-01T00:00:00ZZ", "T00:00",
      "9223372036854775808", "1893456000.5", "٢٠٣٠-01-01", "--2030", "2030-", "1e9", "${k}",
      "2030-01-01T00:00:00+00:00:00:00", "2030-01-01T00:00:00+01:", "1234567890-01-01",
    ])
  func noDate(text: String) throws {
    for (test, isMatch) in [
      ("DateEquals", false), ("DateNotEquals", true), ("DateLessThan", false),
      ("DateLessThanEquals", false), ("DateGreaterThan", false),
      ("DateGreaterThanEquals", false),
    ] {
      #expect(try outcome(test, ["2030-01-01"], text) == (isMatch ? .match : .mismatch))
      #expect(try outcome(test, [text], "2030-01-01") == (isMatch ? .match : .mismatch))
      #expect(try outcome(test, [text], text) == (isMatch ? .match : .mismatch))
    }
  }
}
