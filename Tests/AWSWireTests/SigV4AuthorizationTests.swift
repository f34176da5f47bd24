import AWSWire
import Cryptography
import HTTP
import Platform
import Testing

@Suite struct SigV4AuthorizationTests {
  let now = Instant(seconds: 1_795_500_000)
  let credentials = AWSCredentials(
    accessKeyID: "test", secretAccessKey: "test", sessionToken: "token")

  private func signed(_ target: String = "/clusters/a%20b?x=%2F+y") throws -> HTTPRequest {
    let url = try #require(HTTPURL("http://127.0.0.1:4577" + target))
    var request = HTTPClientRequest(
      method: "POST", url: url, headers: ["Content-Type": "application/json"],
      body: Array("{}".utf8))
    SigV4.sign(
      &request, credentials: credentials, region: "us-east-1", service: "eks", now: now)
    return HTTPRequest(
      method: "POST", target: target, headers: request.headers, body: request.body)
  }

  private func verify(
    _ request: HTTPRequest, secret: String = "test", service: String = "eks",
    now: Instant? = nil
  ) throws(SigV4Failure) {
    let authorization = try SigV4Authorization(request)
    try authorization.verify(
      request, secret: secret, service: service, payloadHash: SHA256.hex(request.body),
      now: now ?? self.now)
  }

  @Test("accepts what it signed, up to 15 minutes either way")
  func accepts() throws {
    let request = try signed()
    try verify(request)
    try verify(request, now: now + .seconds(900))
    try verify(request, now: now - .seconds(900))
    #expect(try SigV4Authorization(request).sessionToken == "token")
  }

  @Test("refuses each change of the request")
  func changes() throws {
    let good = try signed()
    var changed: [HTTPRequest] = []
    for change: (inout HTTPRequest) -> Void in [
      { $0.method = "PUT" }, { $0.target = "/clusters/a%20c?x=%2F+y" },
      { $0.target = "/clusters/a%20b?x=%2F+z" }, { $0.body = [1] },
      { $0.headers["Host"] = "127.0.0.1:4578" }, { $0.headers["X-Amz-Security-Token"] = "tokem" },
    ] {
      var request = good
      change(&request)
      changed.append(request)
    }
    for request in changed {
      let failure = #expect(throws: SigV4Failure.self) { try verify(request) }
      guard case .wrongSignature = failure else {
        Issue.record("\(String(describing: failure))")
        continue
      }
    }
    #expect(throws: SigV4Failure.self) { try verify(good, secret: "tesT") }
  }

  @Test("names the time, the service and the parts that do not fit")
  func reasons() throws {
    let request = try signed()
    #expect(throws: SigV4Failure.expired(request: now, now: now + .seconds(901))) {
      try verify(request, now: now + .seconds(901))
    }
    #expect(throws: SigV4Failure.notYetCurrent(request: now, now: now - .seconds(901))) {
      try verify(request, now: now - .seconds(901))
    }
    let scope = SigV4Scope(date: "20261124", region: "us-east-1", service: "eks")
    #expect(
      throws: SigV4Failure.wrongScope(expectedService: "sts", given: scope, isDate: false)
    ) { try verify(request, service: "sts") }
    #expect(throws: SigV4Failure.missing) { try verify(HTTPRequest()) }
    var empty = request
    empty.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=a"
    empty.headers["X-Amz-Date"] = nil
    let failure = #expect(throws: SigV4Failure.self) { try verify(empty) }
    #expect(
      failure?.error(.query).message
        == "Authorization header requires 'Signature' parameter. Authorization header requires "
        + "'SignedHeaders' parameter. Authorization header requires existence of either a "
        + "'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 Credential=a")
  }

  @Test("XML is escaped")
  func xml() {
    var writer = XMLWriter()
    writer.element("a", attributes: [("b", "\"<")]) { $0.element("c", "<&>'\"\u{1}é\r") }
    #expect(
      writer.text
        == "<a b=\"&quot;&lt;\"><c>&lt;&amp;&gt;&#39;&quot;\u{FFFD}é&#13;</c></a>")
  }

  @Test("ARNs have six parts", arguments: ["arn:aws:s3:::b", "arn:aws:iam::1:role/a:b"])
  func arns(text: String) {
    #expect(ARN(text)?.description == text)
    #expect(ARN(text + "") != nil)
    #expect(ARN("arn:aws:s3::b") == nil)
  }
}
