import HTTP
import JSON
import Testing

/// Names, separators and values of requests are bytes.
@Suite struct CallersTextTests {
  static let marks = String(repeating: "\u{301}\u{323}", count: 200_000)

  @Test("parameters are split and named by bytes")
  func parameters() {
    let query = QueryParameters("a=1&\u{301}b=2&c=\u{301}=3&e\u{301}=4&\u{E9}=5")
    #expect(query.pairs.count == 5)
    #expect(query["\u{301}b"] == "2" && query["e\u{301}"] == "4" && query["\u{E9}"] == "5")
    #expect(query["c"]?.utf8.elementsEqual("\u{301}=3".utf8) == true)
  }

  @Test("a slash with a mark behind it ends a part of the path")
  func segments() {
    let request = HTTPRequest(target: "/a/%CC%81b?c/d")
    #expect(request.rawPath == "/a/%CC%81b")
    #expect(request.pathSegments?.count == 2)
    let plain = HTTPRequest(target: "/buckets/..\u{2F}\u{301}x")
    #expect(plain.pathSegments?.count == 3)
  }

  @Test("a route takes what its pattern spells, byte for byte")
  func routes() async {
    var router = Router()
    router.on("GET /caf\u{E9}/{name}") { _, parameters in .text(200, parameters["name"] ?? "") }
    let same = await router.respond(to: HTTPRequest(target: "/caf%C3%A9/x"))
    let alike = await router.respond(to: HTTPRequest(target: "/cafe%CC%81/x"))
    #expect(same.status == 200 && alike.status == 404)
  }

  @Test("a Host and an Origin that look alike are not the same")
  func hosts() async {
    let guarded = HTTPGuard(
      allowedHosts: ["caf\u{E9}.test"], next: ClosureHandler { _ in .text(200, "") })
    for (host, status) in [("CAF\u{E9}.test", 200), ("cafe\u{301}.test", 403)] {
      let answer = await guarded.respond(to: HTTPRequest(headers: ["Host": host]))
      #expect(answer.status == status, "\(host)")
    }
    let page = HTTPRequest(
      headers: ["Host": "caf\u{E9}.test", "Origin": "http://cafe\u{301}.test"])
    #expect(await guarded.respond(to: page).status == 403)
  }

  @Test("runs of marks cost no more than their length")
  func marks() async {
    let time = await ContinuousClock().measure {
      let query = QueryParameters("Action\(Self.marks)=a&Action=b")
      #expect(query["Action"] == "b")
      var request = HTTPRequest(target: "/a\(Self.marks)/b")
      request.headers = ["Host": "a" + Self.marks, "Origin": "http://a" + Self.marks]
      let guarded = HTTPGuard(next: ClosureHandler { _ in .text(200, "") })
      #expect(await guarded.respond(to: request).status == 403)
      var router = Router()
      router.on("GET /a/b") { _, _ in .text(200, "") }
      #expect(await router.respond(to: request).status == 404)
    }
    #expect(time < .seconds(20))
  }
}
