import HTTP
import Testing

/// A path is split where it was sent with `/`, then each part is decoded, once.
@Suite struct RequestPathTests {
  @Test(
    "parts are decoded after the split, and once",
    arguments: [
      ("/a/b", ["a", "b"]), ("/", [""]), ("/a/", ["a", ""]), ("//a", ["", "a"]),
      ("/a%2Fb/c", ["a/b", "c"]), ("/a%2fb", ["a/b"]), ("/%2F", ["/"]),
      ("/%252F", ["%2F"]), ("/%25", ["%"]), ("/a%3Fb/c?d/e", ["a?b", "c"]),
      ("/a/%2E%2E/b", ["a", "..", "b"]), ("/a/..%2Fb", ["a", "../b"]), ("/a+b", ["a+b"]),
      ("/%C3%A9", ["é"]), ("http://host/a%2Fb", ["a/b"]), ("http://host", [""]),
      ("http://host?x=/y", [""]),
      ("/a/%zz", nil), ("/a/%2", nil), ("/%", nil), ("/%FF/a", nil), ("*", nil), ("a/b", nil),
    ] as [(String, [String]?)])
  func segments(target: String, wanted: [String]?) {
    #expect(HTTPRequest(target: target).pathSegments == wanted)
  }

  @Test(
    "the path ends at the first question mark, and stays as it was sent",
    arguments: [
      ("/a%2Fb?c", "/a%2Fb", "c"), ("/a?b?c", "/a", "b?c"), ("/a", "/a", nil), ("/a?", "/a", ""),
      ("http://h:1/a?b", "/a", "b"), ("/a/http://x", "/a/http://x", nil),
    ])
  func raw(target: String, path: String, query: String?) {
    let request = HTTPRequest(target: target)
    #expect(request.rawPath == path)
    #expect(request.rawQuery.map(String.init) == query)
  }
}
