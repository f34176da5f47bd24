import JSON
import Testing

@Suite struct JSONTests {
  @Test(
    "writes back what it read",
    arguments: [
      #"{"b":1,"a":[true,false,null],"c":{"d":"e"}}"#, "[]", "{}", #""a\"b\\c\n\t""#,
      "-12", "1.0", "1e5", "9223372036854775807", "9223372036854775808", #""é😀""#, "-0",
    ])
  func roundTrip(text: String) throws {
    #expect(try JSON.parse(text).text() == text)
  }

  @Test(
    "refuses what RFC 8259 refuses",
    arguments: [
      "", " ", "{", "[1,]", #"{"a":1,}"#, "01", "1.", ".5", "+1", "1e", "tru", "nul", "[1 2]",
      #"{"a" 1}"#, #"{a:1}"#, "'a'", "\"\u{1}\"", #""\x""#, #""\ud800""#, #""\ud800\u0041""#,
      "1 2", "NaN", #""\u12g4""#, "\"abc", "[\"a\\",
    ])
  func refuses(text: String) {
    #expect(throws: JSONParseError.self) { try JSON.parse(text) }
  }

  @Test("refuses bytes that are not UTF-8")
  func refusesBadUTF8() {
    #expect(throws: JSONParseError.self) { try JSON.parse([0x22, 0xFF, 0x22]) }
    #expect(throws: JSONParseError.self) { try JSON.parse([0x22, 0x5C, 0x6E, 0xC0, 0x80, 0x22]) }
  }

  @Test("refuses nesting beyond the limit and accepts it at the limit")
  func depth() throws {
    let deep = String(repeating: "[", count: 129) + String(repeating: "]", count: 129)
    let deeper = String(repeating: "[", count: 130) + String(repeating: "]", count: 130)
    _ = try JSON.parse(deep)
    #expect(throws: JSONParseError.self) { try JSON.parse(deeper) }
  }

  @Test("decodes escapes and surrogate pairs")
  func escapes() throws {
    #expect(try JSON.parse(#""\u0041\ud83d\ude00\/\b\f""#).string == "A😀/\u{8}\u{c}")
  }

  @Test("keeps the last of repeated members at the first place")
  func repeatedMembers() throws {
    #expect(try JSON.parse(#"{"a":1,"b":2,"a":3}"#).text() == #"{"a":3,"b":2}"#)
  }

  @Test("finds, replaces and removes members of large objects")
  func largeObjects() {
    var object = JSONObject()
    for number in 0..<100 { object["m\(number)"] = .integer(Int64(number)) }
    object["m50"] = nil
    object["m99"] = "last"
    #expect(object.count == 99)
    #expect(object["m50"] == nil)
    #expect(object["m51"] == 51)
    #expect(object["m99"] == "last")
  }

  @Test("compares objects without regard to order")
  func equality() throws {
    #expect(try JSON.parse(#"{"a":1,"b":2}"#) == JSON.parse(#"{"b":2,"a":1}"#))
    #expect(try JSON.parse(#"{"a":1}"#) != JSON.parse(#"{"a":1,"b":null}"#))
  }

  @Test("escapes HTML characters as Go does when asked")
  func html() {
    #expect(JSON.string("<a>&/\u{2028}").text(.escapedHTML) == #""\u003ca\u003e\u0026/\u2028""#)
    #expect(JSON.string("<a>&/").text() == #""<a>&/""#)
  }

  @Test("sorts and indents when asked")
  func layout() {
    let value: JSON = ["b": [1], "a": [:]]
    #expect(value.text(.sortedNames) == #"{"a":{},"b":[1]}"#)
    #expect(value.text(.indented) == "{\n  \"b\": [\n    1\n  ],\n  \"a\": {}\n}")
  }
}

@Suite struct JSONObjectTests {
  @Test("members are found in whatever order others are removed and added")
  func removals() {
    var object = JSONObject()
    var expected: [String: Int64] = [:]
    var state: UInt64 = 3
    for step in 0..<6000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let name = "m\(state >> 33 % 900)"
      if state >> 20 & 3 != 0 {
        object[name] = .integer(Int64(step))
        expected[name] = Int64(step)
      } else {
        object[name] = nil
        expected[name] = nil
      }
      guard step % 97 == 0 else { continue }
      #expect(object.count == expected.count)
      for (name, value) in expected { #expect(object[name]?.integer == value) }
      for (name, value) in object { #expect(expected[name] == value.integer) }
    }
    #expect(object.count > 300)
  }

  @Test("members that a question names are removed in one pass, the others keep their order")
  func removeMembers() {
    var object: JSONObject = ["a": 1, "b": 2, "c": 3, "d": 4]
    object.removeMembers { ["b", "d"].contains($0) }
    #expect(object.names == ["a", "c"])
    object.removeMembers { $0.isEmpty }
    #expect(object["c"] == 3)
  }
}
