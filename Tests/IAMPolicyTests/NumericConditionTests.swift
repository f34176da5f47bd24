import IAMPolicy
import Testing

/// Numbers of conditions: integers and decimals, exact, and nothing else.
@Suite struct NumericConditionTests {
  private func holds(_ test: String, _ wanted: String, _ actual: String) throws -> Bool {
    try outcome(test, [wanted], actual) == .match
  }

  @Test(
    "numbers are compared exactly, whatever their length",
    arguments: [
      ("10", "10.0", 0), ("+10", "10", 0), ("-0", "0", 0), ("0.50", ".5", 0), ("1e3", "1000", 0),
      ("15e-1", "1.5", 0), ("1E+2", "100", 0), ("0.001e3", "1", 0), ("007", "7", 0),
      ("9007199254740993", "9007199254740992", 1), ("-2", "-10", 1), ("-1", "1", -1),
      ("0.1", "0.10000000000000000000000000000000000000001", -1), ("1.2", "1.10", 1),
      ("99999999999999999999999999999999999999", "1e38", -1), ("1e308", "1e307", 1),
      ("-1.5", "-1.25", -1), ("1", "1.", 0),
      ("inf", "1", nil), ("-inf", "1", nil), ("nan", "nan", nil), ("0x10", "16", nil),
      ("1e309", "1", 1), ("1e9999999999999999999999", "1", nil), ("1e", "1", nil),
      ("1e+", "1", nil), ("--1", "-1", nil), ("", "0", nil), (" 1", "1", nil), ("1 ", "1", nil),
      ("1_0", "10", nil), ("٣", "3", nil), ("1e-1e1", "1", nil), (".", "0", nil),
      ("1e2147483647", "1e2147483646", 1), ("1e2147483648", "1", nil), ("-1e999999999", "0", -1),
      ("0e999999999", "0", 0), ("1e-999999999", "0", 1), ("1e0000000000000001", "10", 0),
      ("1e-2147483648", "1", nil), ("00.100e2", "10", 0), ("-1e5", "-1e6", 1), ("0", "-0.0", 0),
      ("1e3", "1001", -1), ("0.01", "1e-2", 0), ("100", "1e2", 0), ("${k}", "1", nil),
      ("+", "1", nil),
    ] as [(String, String, Int?)])
  func order(left: String, right: String, order: Int?) throws {
    for (test, isTrue) in [
      ("NumericEquals", order == 0), ("NumericLessThan", order == -1),
      ("NumericLessThanEquals", order == -1 || order == 0), ("NumericGreaterThan", order == 1),
      ("NumericGreaterThanEquals", order == 1 || order == 0),
      ("NumericNotEquals", order != 0),
    ] {
      #expect(try holds(test, right, left) == isTrue, "\(left) \(test) \(right)")
      // The other way round a number is less where this one is greater.
      guard test == "NumericEquals" else { continue }
      #expect(try holds(test, left, right) == isTrue)
      #expect(try holds("NumericLessThan", left, right) == (order == 1))
    }
  }
}
