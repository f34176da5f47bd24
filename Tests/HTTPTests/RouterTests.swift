import HTTP
import JSON
import Testing

@Suite struct RouterTests {
  private let router = {
    var router = Router()
    router.on("GET /a") { _, _ in .text(200, "get") }
    router.on("PUT /a") { _, _ in .text(200, "put") }
    router.on("GET /a/{name}") { _, parameters in .text(200, parameters["name"] ?? "-") }
    router.on("GET /a/fixed") { _, _ in .text(200, "never") }
    router.on("GET /{x}/b/{y}") { _, found in
      .text(200, "\(found["x"] ?? "-") \(found["y"] ?? "-")")
    }
    return router
  }()

  @Test(
    "the first pattern that fits answers; a placeholder takes one part that is not empty",
    arguments: [
      ("GET", "/a", 200, "get"), ("PUT", "/a", 200, "put"), ("GET", "/a?b=/c", 200, "get"),
      ("GET", "/a/x", 200, "x"), ("GET", "/a/fixed", 200, "fixed"), ("GET", "/a/x%2Fy", 200, "x/y"),
      ("GET", "/1/b/2", 200, "1 2"), ("GET", "/a/", 404, nil), ("GET", "//b/2", 404, nil),
      ("GET", "/a/x/y", 404, nil), ("GET", "/", 404, nil), ("GET", "/A", 404, nil),
      ("GET", "/a/%zz", 404, nil), ("GET", "*", 404, nil), ("get", "/a", 405, nil),
    ])
  func routes(method: String, target: String, status: Int, text: String?) async {
    let answer = await router.respond(to: HTTPRequest(method: method, target: target))
    #expect(answer.status == status)
    if let text { #expect(answer.bodyBytes == Array(text.utf8)) }
  }

  @Test(
    "a known path with another method says which it takes",
    arguments: [("/a", "GET, PUT"), ("/a/x", "GET"), ("/a/fixed", "GET, GET")])
  func methods(target: String, allowed: String) async {
    let answer = await router.respond(to: HTTPRequest(method: "DELETE", target: target))
    #expect(answer.status == 405)
    #expect(answer.headers["Allow"] == allowed)
  }

  @Test("what is no path of the router's is answered as it is told")
  func notFound() async {
    let router = Router(notFound: { .text(418, $0.target) })
    #expect(await router.respond(to: HTTPRequest(target: "/x")).bodyBytes == Array("/x".utf8))
  }
}

@Suite struct HeadersTests {
  @Test("names compare without regard to case; setting replaces every field of the name")
  func fields() {
    var headers: HTTPHeaders = ["A": "1", "b": "2", "a": "3"]
    #expect(headers["a"] == "1" && headers.all("A") == ["1", "3"])
    headers["A"] = "4"
    #expect(headers.all("a") == ["4"])
    #expect(headers.fields.map(\.name) == ["b", "A"])
    headers.append("a", "5")
    headers["a"] = nil
    #expect(headers["A"] == nil && headers.fields.map(\.value) == ["2"])
    #expect(headers["B "] == nil && headers[""] == nil)
  }

  @Test(
    "only letters of ASCII are the same in both cases",
    arguments: [("Host", "hOST", true), ("[", "{", false), ("é", "É", false), ("a", "ab", false)])
  func equal(left: String, right: String, isSame: Bool) {
    #expect(HTTPHeaders.equal(left, right) == isSame)
  }
}
