import HTTP
import Testing

@testable import CommandCore
@testable import Console

@Suite struct ConsoleDoorTests {
  private let door = ConsoleDoor(
    key: "the-key", session: "the-session", base: "/the-base/",
    next: ClosureHandler { _ in .text(200, "inside") })
  private static let cookie = "podid_console_8000=the-session"

  private func answer(
    _ target: String, method: String = "GET", host: String? = "127.0.0.1:8000",
    cookie: String? = nil, _ more: HTTPHeaders = [:]
  ) async -> HTTPResponse {
    var headers = more
    headers["Host"] = host
    headers["Cookie"] = cookie
    return await door.respond(
      to: HTTPRequest(
        method: method, target: target, headers: headers, local: "127.0.0.1:8000"))
  }

  private func text(_ response: HTTPResponse) -> String {
    String(decoding: response.bodyBytes, as: UTF8.self)
  }

  @Test("the key opens once, and gives a cookie that scripts and other sites cannot use")
  func keyOnce() async {
    let first = await answer("/?key=the-key")
    #expect(first.status == 303 && first.headers["Location"] == "/the-base/")
    #expect(
      first.headers["Set-Cookie"]
        == "podid_console_8000=the-session; Path=/the-base/; HttpOnly; SameSite=Strict")
    let second = await answer("/?key=the-key")
    #expect(second.status == 403 && second.headers["Set-Cookie"] == nil)
    #expect(text(second).contains("Run podid console again"))
  }

  @Test("behind a published port it answers for that port of loopback alone")
  func published() async {
    let door = ConsoleDoor(
      key: "the-key", session: "the-session", base: "/the-base/", publishedPort: 4585,
      next: ClosureHandler { _ in .text(200, "inside") })
    func status(_ host: String) async -> Int {
      await door.respond(
        to: HTTPRequest(
          method: "GET", target: "/the-base/",
          headers: ["Host": host, "Cookie": "podid_console_4585=the-session"],
          local: "172.17.0.2:8000")
      ).status
    }
    #expect(await status("127.0.0.1:4585") == 200)
    #expect(await status("localhost:4585") == 200)
    #expect(await status("127.0.0.1:8000") == 403)
    #expect(await status("evil.example:4585") == 403)
  }

  @Test(
    "a wrong key opens nothing, and does not use up the right one",
    arguments: ["/?key=the-kez", "/?key=", "/?key=the-key-and-more", "/events?key=the-key"])
  func wrongKey(target: String) async {
    #expect(await answer(target).status == 403)
    #expect(await answer("/?key=the-key", method: "HEAD").status == 403)
    #expect(await answer("/?key=the-key").status == 303)
  }

  @Test(
    "without the cookie everything is refused",
    arguments: [
      nil, "", "podid_console_8000=", "podid_console_8000=the-sessioN", "podid_console=the-session",
      "podid_console_8001=the-session", "x=podid_console_8000=the-session",
    ])
  func noCookie(cookie: String?) async {
    for target in ["/", "/console.js", "/events", "/nothing"] {
      let response = await answer(target, cookie: cookie)
      #expect(response.status == 403)
      #expect(text(response).contains("Run podid console again for a new link"))
    }
    let origin: HTTPHeaders = ["Origin": "http://127.0.0.1:8000"]
    #expect(
      await answer("/faults/clear", method: "POST", cookie: cookie, origin).status == 403)
  }

  @Test("who stands before the door is told what to do, and sees nothing of what is inside")
  func closedPage() async {
    let page = await answer("/")
    #expect(page.status == 403 && page.headers["Content-Type"] == "text/html; charset=utf-8")
    for word in ["What to do", "Ctrl-C", "<pre>podid console</pre>", "another tab"] {
      #expect(text(page).contains(word), "\(word)")
    }
    for secret in ["the-key", "the-session", "the-base", "8000"] {
      #expect(!text(page).contains(secret))
    }
    let style = await answer("/closed.css")
    #expect(style.status == 200 && style.headers["Content-Type"] == "text/css; charset=utf-8")
    #expect(style.headers["Content-Security-Policy"]?.hasPrefix("default-src 'none';") == true)
    // It is for the console's own page alone, as all is.
    #expect(await answer("/closed.css", host: "evil.example").status == 403)
    #expect(await answer("/closed.css", ["Origin": "http://evil.example"]).status == 403)
    #expect(await answer("/closed.css", method: "POST").status == 403)
  }

  @Test("with the cookie, among others, the console answers")
  func cookie() async {
    #expect(text(await answer("/", cookie: "a=b; \(Self.cookie); c=d")) == "inside")
    #expect(text(await answer("/", host: "localhost:8000", cookie: Self.cookie)) == "inside")
  }

  @Test(
    "a host that is none of the listener's own is refused, cookie or not",
    arguments: [
      nil, "evil.example", "evil.example:8000", "127.0.0.1", "127.0.0.1:8001", "localhost",
      "evil.localhost:8000", "127.0.0.2:8000",
    ])
  func host(host: String?) async {
    #expect(await answer("/", host: host, cookie: Self.cookie).status == 403)
    #expect(await answer("/?key=the-key", host: host).status == 403)
    #expect(await answer("/?key=the-key").status == 303)
  }

  @Test(
    "other sites' requests are refused, even for the key",
    arguments: [
      ["Origin": "http://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
      ["Sec-Fetch-Site": "same-site"], ["Origin": "http://127.0.0.1:8001"],
    ] as [[String: String]])
  func foreign(fields: [String: String]) async {
    var headers = HTTPHeaders()
    for (name, value) in fields { headers[name] = value }
    #expect(await answer("/", cookie: Self.cookie, headers).status == 403)
    #expect(await answer("/?key=the-key", headers).status == 403)
    #expect(await answer("/faults/x", method: "POST", cookie: Self.cookie, headers).status == 403)
  }

  @Test("what changes something needs the page's own origin")
  func post() async {
    #expect(await answer("/faults/x", method: "POST", cookie: Self.cookie).status == 403)
    #expect(await answer("/faults/x", method: "DELETE", cookie: Self.cookie).status == 403)
    let own: HTTPHeaders = ["Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"]
    #expect(await answer("/faults/x", method: "POST", cookie: Self.cookie, own).status == 200)
  }

  @Test("every answer has the strict policy, refusals too")
  func headers() async {
    let answers = [
      await answer("/", cookie: Self.cookie), await answer("/"),
      await answer("/", host: "evil.example"), await answer("/?key=the-key"),
    ]
    #expect(answers.map(\.status) == [200, 403, 403, 303])
    for answer in answers {
      #expect(
        answer.headers["Content-Security-Policy"]
          == "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
          + "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
      #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
      #expect(answer.headers["Referrer-Policy"] == "no-referrer")
      #expect(answer.headers["Cache-Control"] == "no-store")
    }
  }
}
