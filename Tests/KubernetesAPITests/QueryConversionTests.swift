import HTTP
import Testing

@testable import KubernetesAPI

/// What apimachinery's `Convert_Slice_string_To_*` make of a query; the numbers' texts are Go's.
@Suite struct QueryConversionTests {
  @Test(
    "a boolean is false where it is missing, 0 or false in any case, and true for all else",
    arguments: [
      ("", nil), ("watch", true), ("watch=", true), ("watch=true", true), ("watch=True", true),
      ("watch=TRUE", true), ("watch=T", true), ("watch=1", true), ("watch=yes", true),
      ("watch=foo", true), ("watch=false", false), ("watch=False", false), ("watch=FALSE", false),
      ("watch=0", false), ("watch=00", true), ("watch=f", true), ("watch=no", true),
      ("watch=%20false", true), ("watch=false&watch=true", false), ("watch=1&watch=0", true),
      ("Watch=true", nil), ("watch=%F0alse", true), ("watch=fal%C5%BFe", true),
    ] as [(String, Bool?)])
  func booleans(_ query: String, _ value: Bool?) {
    let query = QueryParameters(query)
    #expect(query.optionalFlag("watch") == value)
    #expect(query.flag("watch") == value ?? false)
  }

  @Test(
    "an integer is what strconv.ParseInt takes in base 10",
    arguments: [
      ("0", 0), ("7", 7), ("-1", -1), ("+5", 5), ("007", 7), ("-0", 0),
      ("9223372036854775807", .max), ("-9223372036854775808", .min),
    ] as [(String, Int64)])
  func integers(_ text: String, _ value: Int64) throws {
    let query = QueryParameters("limit=\(text.replacing("+", with: "%2B"))")
    #expect(try query.integer("limit") == value)
    #expect(try query.integer("other") == nil)
  }

  @Test(
    "what it does not take is a bad request with its text",
    arguments: [
      ("", #"parsing "": invalid syntax"#), ("abc", #"parsing "abc": invalid syntax"#),
      ("1.0", #"parsing "1.0": invalid syntax"#), ("0x10", #"parsing "0x10": invalid syntax"#),
      ("1_000", #"parsing "1_000": invalid syntax"#), ("-", #"parsing "-": invalid syntax"#),
      ("--1", #"parsing "--1": invalid syntax"#), ("%201", #"parsing " 1": invalid syntax"#),
      ("1%0A", #"parsing "1\n": invalid syntax"#), ("%D9%A1", "parsing \"١\": invalid syntax"),
      ("9223372036854775808", #"parsing "9223372036854775808": value out of range"#),
      ("-9223372036854775809", #"parsing "-9223372036854775809": value out of range"#),
    ])
  func noIntegers(_ text: String, _ reason: String) {
    let error = #expect(throws: StatusError.self) {
      try QueryParameters("limit=\(text)").integer("limit")
    }
    #expect(error?.code == 400 && error?.message == "strconv.ParseInt: \(reason)")
  }

  @Test(
    "a revision has no sign",
    arguments: [
      ("-1", "invalid syntax"), ("+1", "invalid syntax"), ("abc", "invalid syntax"),
      ("18446744073709551616", "value out of range"),
    ])
  func revisions(_ text: String, _ reason: String) {
    let error = #expect(throws: ResourceVersionFailure.self) { try ResourceVersion.parse(text) }
    #expect(
      error?.description == "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: "
        + "parsing \"\(text)\": \(reason)")
    #expect(error?.answer.code == 500 && error?.answer.reason == "")
  }
}
