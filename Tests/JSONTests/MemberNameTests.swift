import JSON
import TestSupport
import Testing

/// RFC 8259 section 8.3: names are compared code unit by code unit.
@Suite struct MemberNameTests {
  static let composed = "\u{E9}"
  static let decomposed = "e\u{301}"

  @Test("two names that look alike are two members")
  func twoMembers() throws {
    let json = try JSON.parse(#"{"\#(Self.composed)":1,"\#(Self.decomposed)":2}"#)
    #expect(json.object?.count == 2)
    #expect(json[Self.composed] == 1 && json[Self.decomposed] == 2)
    #expect(json.text().utf8.elementsEqual(#"{"é":1,"\#(Self.decomposed)":2}"#.utf8))
  }

  @Test("a large object finds, replaces and removes names by their bytes")
  func large() {
    var object = JSONObject()
    for number in 0..<100 { object["\(number)"] = 0 }
    object[Self.composed] = 1
    object[Self.decomposed] = 2
    object[Self.composed] = 3
    #expect(object.count == 102 && object[Self.decomposed] == 2)
    object[Self.decomposed] = nil
    #expect(object.count == 101 && object[Self.composed] == 3)
  }

  @Test("texts and objects that look alike are not equal, and take two places in a set")
  func equality() {
    let (first, second) = (JSON.string(Self.composed), JSON.string(Self.decomposed))
    #expect(first != second)
    #expect(Set([first, second]).count == 2)
    #expect(JSON.object([Self.composed: 1]) != JSON.object([Self.decomposed: 1]))
    #expect(JSON.object(["a": 1, "b": 2]) == JSON.object(["b": 2, "a": 1]))
    #expect(Set([JSON.object(["a": 1, "b": 2]), JSON.object(["b": 2, "a": 1])]).count == 1)
  }

  @Test("a name of many marks costs no more than its length")
  func marks() throws {
    let run = String(repeating: "\u{301}\u{323}", count: 300_000)
    let time = ProcessorTime()
    do {
      let json = try JSON.parse(#"{"kind\#(run)":1,"kind":2,"kind\#(run)":3}"#)
      #expect(json["kind"] == 2 && json.object?.count == 2)
      #expect(json == json)
      #expect(Set([json]).contains(json))
    }
    // The square of it takes minutes.
    #expect(time.passed < .seconds(20))
  }
}
