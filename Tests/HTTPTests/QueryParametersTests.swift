import Testing

@testable import HTTP

@Suite struct QueryParametersTests {
  @Test("a form is read up to its ten thousandth parameter, and says that there are more")
  func limit() {
    let whole = QueryParameters(String(repeating: "a=b&", count: QueryParameters.limit))
    #expect(whole.pairs.count == QueryParameters.limit && !whole.isCut)
    let more = QueryParameters(String(repeating: "a=b&", count: QueryParameters.limit + 1))
    #expect(more.pairs.count == QueryParameters.limit && more.isCut)
  }

  @Test("names and values are decoded, what does not decode is kept as sent")
  func decoding() {
    let query = QueryParameters("a=1&&b&=c&d=x=y&e+f=%20%C3%A9+&g=%zz&h=%C3&i=%2")
    let pairs = query.pairs.map { "\($0.name)|\($0.value)" }
    #expect(
      pairs == ["a|1", "b|", "|c", "d|x=y", "e f| é ", "g|%zz", "h|%C3", "i|%2"])
    #expect(QueryParameters("").pairs.isEmpty)
    #expect(query["d"] == "x=y" && query["nope"] == nil && query.all("a") == ["1"])
  }

  @Test("what is no UTF-8 reads as the standard library repairs it")
  func repair() {
    var random = SystemRandomNumberGenerator()
    let kinds: [UInt8] = [0x61, 0x80, 0x9F, 0xBF, 0xC0, 0xC3, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xFF]
    for _ in 0..<2_000 {
      let bytes = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        kinds.randomElement(using: &random) ?? 0x61
      }
      let read = QueryParameters(Array("a=".utf8) + bytes)["a"]
      #expect(read.map { Array($0.utf8) } == Array(String(decoding: bytes, as: UTF8.self).utf8))
    }
  }
}
