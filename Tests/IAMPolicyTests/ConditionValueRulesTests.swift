import IAMPolicy
import JSON
import Testing

/// The values that IAM takes in conditions: a stored policy has rules of its own, a session's another.
@Suite struct ConditionValueRulesTests {
  private func refusal(
    _ test: String, _ value: JSON, _ kind: PolicyDocument.Kind, isStored: Bool = false
  ) -> String? {
    var statement: JSONObject = [
      "Effect": "Allow", "Action": "sts:AssumeRole", "Condition": [test: ["k": value]],
    ]
    if kind == .trust { statement["Principal"] = "*" } else { statement["Resource"] = "*" }
    do throws(PolicyDocumentError) {
      _ = try PolicyDocument(
        json: ["Version": "2012-10-17", "Statement": .object(statement)], kind: kind,
        isStored: isStored)
      return nil
    } catch { return error.message }
  }

  @Test(
    "values that a stored policy cannot have, and a session policy can",
    arguments: [
      ("NumericEquals", "no-number"), ("NumericEquals", "NaN"), ("NumericLessThan", ""),
      ("NumericEquals", "${k}"), ("DateEquals", "not-a-date"), ("DateLessThanIfExists", "234-13"),
      ("DateEquals", "2016-12-13t2:00:00.593194+1"), ("DateEquals", "9223372036854775808"),
      ("DateEquals", "2016-12-13t2:00:00.1999999999+10:59"), ("ArnLike", "not-an-arn"),
      ("ForAnyValue:ArnNotEquals", "arn:aws:iam::x"), ("IpAddress", "not-an-ip"),
      ("NotIpAddress", "192.0.2.0/33"), ("IpAddress", "2001:db8::5/64"),
      ("IpAddress", "2001:db8::1/0"), ("IpAddress", "::ffff:192.0.2.1"),
      ("IpAddress", "2001:db8::192.0.2.0/120"), ("IpAddress", "2001:db8::/129"),
    ])
  func storedAlone(test: String, value: String) {
    let text = "The policy failed legacy parsing"
    for kind in [PolicyDocument.Kind.inline, .managed, .trust] {
      #expect(refusal(test, .string(value), kind) == text)
      #expect(refusal(test, .strings(["1", value]), kind) == text)
      // What an older version took goes on being read.
      #expect(refusal(test, .string(value), kind, isStored: true) == nil)
    }
    #expect(refusal(test, .string(value), .session) == nil)
  }

  @Test("what is no base64 neither can have", arguments: ["no-binary", "YQ=", "Y", "Y===", "=="])
  func noBase64(value: String) {
    for kind in [PolicyDocument.Kind.inline, .managed, .trust, .session] {
      #expect(refusal("BinaryEquals", .string(value), kind) == "The policy failed legacy parsing")
    }
  }

  @Test(
    "values that both take",
    arguments: [
      ("NumericEquals", "01"), ("NumericEquals", "1e999999999"), ("Bool", "TRUE"), ("Bool", "yes"),
      ("Null", "yes"), ("Null", "TRUE"), ("DateEquals", "01T"), ("DateEquals", "-292275054"),
      ("DateEquals", "2016-12-13t2:00:00.593194+23"), ("DateEquals", "9223372036854775807"),
      ("DateEquals", "2016-12-13T21:20:37.593194+00:00"), ("ArnLike", "*"),
      ("ArnLike", "arn:aws:iam::${k}:role/x"), ("ArnEquals", "arn:*:s3:::b/*"),
      ("IpAddress", "192.0.2.5/24"), ("IpAddress", "192.000.002.1"), ("IpAddress", "192.0.2.0/024"),
      ("IpAddress", "192.0.2.0/+24"), ("IpAddress", "::ffff:c000:200/120"),
      ("IpAddress", "2001:db8:::1/128"), ("IpAddress", "2001:db8::1:/128"),
      ("IpAddress", "2001:DB8::/064"), ("BinaryEquals", "YQ=="), ("BinaryEquals", "YQ"),
      ("BinaryEquals", ""), ("BinaryEquals", "+/8="), ("StringEquals", "${k}"),
    ])
  func taken(test: String, value: String) {
    for kind in [PolicyDocument.Kind.inline, .managed, .trust, .session] {
      #expect(refusal(test, .string(value), kind) == nil)
    }
  }
}
