import TestSupport
import Testing

@testable import JSON

@Suite struct LongArrayTests {
  @Test(
    "a value takes three words, and a long array no more than its elements",
    arguments: [
      "1", "[]", #""]\",[""#, #"{"a":[1,2],"b":"}"}"#, "[[1,2],[3]]",
    ])
  func exact(_ element: String) throws {
    #expect(MemoryLayout<JSON>.stride == 24)
    let count = 150_001
    let first = try JSON.parse(element)
    let text = "[" + Array(repeating: element, count: count).joined(separator: " ,\n") + "]"
    // So long a text that it may hold as many arrays.
    let blanks = String(repeating: " ", count: 6_000_000)
    for nested in ["\(text)", #"{"a":[0,\#(text)]}"#] {
      let parsed = try JSON.parse(nested + blanks)
      let found = try #require((parsed["a"]?[1] ?? parsed).array)
      #expect(found.count == count)
      #expect(found.allSatisfy { $0 == first })
      // What an allocation rounds up to, and not the double.
      #expect(found.capacity < count + count / 8)
    }
  }

  @Test(
    "one that has no end is refused as a short one is",
    arguments: [
      "", ",", ",1", ",\"", ",\"\\", ",[", ",{\"a\"", ",}", "}",
    ])
  func unfinished(_ end: String) {
    func reason(_ count: Int) -> (String, Int)? {
      let head = "[" + Array(repeating: "1", count: count).joined(separator: ",")
      do {
        _ = try JSON.parse(head + end)
        return nil
      } catch { return (error.reason, error.offset - head.utf8.count) }
    }
    let (short, long) = (reason(3), reason(1 << 16))
    #expect(short != nil && short?.0 == long?.0 && short?.1 == long?.1)
  }

  @Test(
    "arrays and objects are bounded, by the text's length where that is more",
    arguments: [
      (100_000, 0, true), (130_000, 0, false), (500_000, 8_000_000, true),
    ])
  func groups(_ count: Int, _ blanks: Int, _ isRead: Bool) {
    let lists = Array(repeating: "[],{}", count: count / 2).joined(separator: ",")
    let text = "[" + lists + "]" + String(repeating: " ", count: blanks)
    do {
      let parsed = try JSON.parse(text)
      #expect(isRead && parsed.array?.count == count)
    } catch { #expect(!isRead && error.reason == "too many arrays and objects") }
  }

  @Test("the README tells of that bound")
  func told() throws {
    #expect(try Repository.text("README.md").contains("at most 100,000 arrays and objects"))
  }
}
