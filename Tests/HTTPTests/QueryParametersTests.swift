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
}
