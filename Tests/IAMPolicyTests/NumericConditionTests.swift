import IAMPolicy
import Testing

/// Numbers of conditions: integers and decimals, exact, and nothing else.
@Suite struct NumericConditionTests {
  private func holds(_ test: String, _ wanted: String, _ actual: String) throws -> Bool {
    let text = """
      {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",\
      "Condition":{"\(test)":{"k":"\(wanted)"}}}}
      """
    let policy = NamedPolicy(name: "p", document: try PolicyDocument(text: text, kind: .inline))
    let request = PolicyRequest(
      action: "s3:ListBucket", resource: "arn:aws:s3:::b", context: ["k": [actual]])
    return PolicyEvaluation(identity: [policy]).decide(request).isAllowed
  }

  @Test(
    "numbers are compared exactly, whatever their length",
    arguments: [
      ("10", "10.0", 0), ("+10", "10", 0), ("-0", "0", 0), ("0.50", ".5", nil), ("1e3", "1000", 0),
      ("15e-1", "1.5", 0), ("1E+2", "100", 0), ("0.001e3", "1", 0), ("007", "7", 0),
      ("9007199254740993", "9007199254740992", 1), ("-2", "-10", 1), ("-1", "1", -1),
      ("0.1", "0.10000000000000000000000000000000000000001", -1), ("1.2", "1.10", 1),
      ("99999999999999999999999999999999999999", "1e38", -1), ("1e308", "1e307", 1),
      ("-1.5", "-1.25", -1), ("1", "1.", nil),
      ("inf", "1", nil), ("-inf", "1", nil), ("nan", "nan", nil), ("0x10", "16", nil),
      ("1e309", "1", nil), ("1e9999999999999999999999", "1", nil), ("1e", "1", nil),
      ("1e+", "1", nil), ("--1", "-1", nil), ("", "0", nil), (" 1", "1", nil), ("1 ", "1", nil),
      ("1_0", "10", nil), ("٣", "3", nil), ("1e-1e1", "1", nil), (".", "0", nil),
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

  @Test(
    "addresses and lengths of prefixes have no signs",
    arguments: [
      ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/+8", "10.1.2.3", false),
      ("+10.0.0.0/8", "10.1.2.3", false), ("10.0.0.0/8", "+10.1.2.3", false),
      ("2001:db8::/+32", "2001:db8::1", false), ("2001:db8::/32", "2001:+db8::1", false),
      ("10.0.0.0/-0", "10.1.2.3", false), ("10.0.0.0/33", "10.1.2.3", false),
    ])
  func addresses(range: String, address: String, isTrue: Bool) throws {
    #expect(try holds("IpAddress", range, address) == isTrue)
  }
}
