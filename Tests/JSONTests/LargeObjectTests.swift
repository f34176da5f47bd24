import JSON
import Testing

/// Objects of more members than are looked for one by one.
@Suite struct LargeObjectTests {
  @Test("members are found, replaced, removed and added again like those of a dictionary")
  func likeDictionary() {
    var object = JSONObject()
    var model: [String: Int64] = [:]
    var order: [String] = []
    // A fixed walk that grows, removes far more than is kept count of, and grows again.
    var state: UInt64 = 1
    for step in 0..<6_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let name = "n\((state >> 33) % 900)"
      let removes = (2_000..<4_000).contains(step) ? state >> 62 != 0 : state >> 62 == 0
      if removes {
        object[name] = nil
        if model.removeValue(forKey: name) != nil { order.removeAll { $0 == name } }
      } else {
        object[name] = .integer(Int64(step))
        if model.updateValue(Int64(step), forKey: name) == nil { order.append(name) }
      }
      guard step % 200 == 0 else { continue }
      #expect(object.names == order)
      for number in 0..<900 { #expect(object["n\(number)"]?.integer == model["n\(number)"]) }
    }
  }

  @Test(
    "a repeated member is refused where it has to be, however many there are", arguments: [2, 40])
  func repeats(count: Int) throws {
    let members = (0..<count).map { "\"\($0)\":0" }
    for name in ["0", "\(count - 1)"] {
      let text = "{\((members + ["\"\(name)\":1"]).joined(separator: ","))}"
      #expect(throws: JSONParseError.self) { try JSON.parse(text, refusesRepeats: true) }
      #expect(try JSON.parse(text)[name] == 1)
    }
    _ = try JSON.parse("{\(members.joined(separator: ","))}", refusesRepeats: true)
  }

  @Test("a copy keeps its members while the other changes")
  func copies() {
    var first = JSONObject()
    for number in 0..<40 { first["\(number)"] = 0 }
    var second = first
    second["new"] = 1
    second["0"] = nil
    first["other"] = 2
    #expect(first["new"] == nil && first["0"] == 0 && second["other"] == nil)
    #expect(first.count == 41 && second.count == 40 && second["39"] == 0 && second["new"] == 1)
  }

  @Test("many members, and one repeated, take time by their number")
  func time() throws {
    let count = 400_000
    let members = (0..<count).map { "\"\($0)\":\($0)" } + ["\"7\":\"last\""]
    let text = Array("{\(members.joined(separator: ","))}".utf8)
    let time = try ContinuousClock().measure {
      let json = try JSON.parse(text)
      #expect(json.object?.count == count && json["7"] == "last" && json["399999"] == 399_999)
    }
    // By its square it is a matter of hours.
    #expect(time < .seconds(30))
  }

  @Test(
    "integers are exact to the ends of 64 bits, and texts beyond them",
    arguments: [
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .number("9223372036854775808")),
      ("-9223372036854775809", .number("-9223372036854775809")),
      ("92233720368547758070", .number("92233720368547758070")),
      ("-0", .number("-0")), ("0", 0), ("-1", -1), ("1.0", .number("1.0")),
    ] as [(String, JSON)])
  func integers(text: String, value: JSON) throws {
    #expect(try JSON.parse(text) == value)
  }

  @Test("a string that is no UTF-8 is refused, also where most of it is ASCII")
  func encoding() {
    for bytes in [[0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80], [0x61, 0x80, 0x61]] as [[UInt8]] {
      let text = Array("[\"".utf8) + bytes + Array("\"]".utf8)
      #expect(throws: JSONParseError.self) { try JSON.parse(text) }
    }
    #expect((try? JSON.parse("[\"a\u{E9}\u{1F600}\"]")) == ["a\u{E9}\u{1F600}"])
  }
}
