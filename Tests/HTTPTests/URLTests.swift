import HTTP
import Testing

@Suite struct URLTests {
  @Test(
    "an absolute URL is read into what a client needs",
    arguments: [
      ("http://a", "a", 80, "/", "a"), ("https://a", "a", 443, "/", "a"),
      ("http://a:443/x?y", "a", 443, "/x?y", "a:443"), ("https://a:80", "a", 80, "/", "a:80"),
      ("http://a:80/", "a", 80, "/", "a"), ("https://a:443/", "a", 443, "/", "a"),
      ("http://a?b", "a", 80, "/?b", "a"), ("http://[::1]:9/x", "::1", 9, "/x", "[::1]:9"),
      ("http://[::1]", "::1", 80, "/", "[::1]"), ("http://a/%20", "a", 80, "/%20", "a"),
    ] as [(String, String, UInt16, String, String)])
  func parts(text: String, host: String, port: UInt16, target: String, header: String) throws {
    let url = try #require(HTTPURL(text))
    #expect(url.isSecure == text.hasPrefix("https"))
    #expect(url.host == host && url.port == port && url.target == target)
    #expect(url.hostHeader == header)
    #expect(url.text == (url.isSecure ? "https://" : "http://") + header + target)
    #expect(url.with(target: "/z").text == url.origin + "/z")
  }

  @Test(
    "what is another scheme, names a user, or could split a request is none",
    arguments: [
      "", "a", "ftp://a", "HTTP://a", "//a", "http:/a", "http://", "http:///x", "http://u@a/",
      "http://u:p@a/", "http://a#f", "http://a/x#f", "http://a/x y", "http://a/\r\nX: y",
      "http://a/\u{7F}", "http://a/é", "http://a:x/", "http://a:65536/", "http://é/",
      "http://a b/",
    ])
  func refused(text: String) { #expect(HTTPURL(text) == nil) }
}

@Suite struct MetricsTextTests {
  @Test("families come with help, type and escaped labels; without samples there is none")
  func text() {
    var metrics = MetricsText()
    metrics.add("none", type: "counter", help: "h", samples: [])
    #expect(metrics.text.isEmpty)
    metrics.add(
      "a", type: "counter", help: "h",
      samples: [([("x", "1\"2\\3\n4"), ("y", "")], 3), ([], 0.5)])
    #expect(
      metrics.text
        == "# HELP a h\n# TYPE a counter\na{x=\"1\\\"2\\\\3\\n4\",y=\"\"} 3\na 0.5\n")
  }
}
