import IAMPolicy
import Testing

/// Bool, Null and BinaryEquals, as recorded from AWS.
@Suite struct ValueConditionTests {
  @Test(
    "Bool reads both sides: true in any case is true, all else is false",
    arguments: [
      ("true", "TRUE", true), ("True", "true", true), ("true", "yes", false), ("true", "1", false),
      ("true", " true ", false), ("false", "yes", true), ("false", "", true),
      ("yes", "false", true),
      ("yes", "true", false), ("1", "no", true), ("False", "FALSE", true), ("${k}", "true", false),
    ])
  func bool(wanted: String, actual: String, isMatch: Bool) throws {
    #expect(try outcome("Bool", [wanted], actual) == (isMatch ? .match : .mismatch))
  }

  @Test("Bool of an absent key, and of several values")
  func others() throws {
    #expect(try outcome(#""Bool":{"k":"false"}"#, [:]) == .mismatch)
    #expect(try outcome(#""BoolIfExists":{"k":"true"}"#, [:]) == .match)
    #expect(try outcome("Bool", ["true", "false"], "x") == .match)
    #expect(try outcome(#""ForAllValues:Bool":{"k":"true"}"#, ["k": ["true", "x"]]) == .mismatch)
    #expect(try outcome(#""Bool":{"k":true}"#, ["k": ["true"]]) == .match)
  }

  @Test(
    "Null reads true in any case as true, all else as false",
    arguments: [
      ("true", false, true), ("true", true, false), ("TRUE", true, false), ("false", true, true),
      ("yes", true, true), ("yes", false, false), ("", true, true),
    ])
  func null(wanted: String, isPresent: Bool, isMatch: Bool) throws {
    let context: PolicyContext = isPresent ? ["k": [""]] : [:]
    #expect(
      try outcome("\"Null\":{\"k\":\"\(wanted)\"}", context) == (isMatch ? .match : .mismatch))
  }

  @Test("BinaryEquals takes the text as it is")
  func binary() throws {
    #expect(try outcome("BinaryEquals", ["YQ=="], "YQ==") == .match)
    for other in ["YQ", " YQ== ", "YR==", "yq==", ""] {
      #expect(try outcome("BinaryEquals", ["YQ=="], other) == .mismatch)
    }
    #expect(
      try outcome(#""BinaryEquals":{"k":"${v}"}"#, ["k": ["YQ=="], "v": ["YQ=="]]) == .mismatch)
  }
}
