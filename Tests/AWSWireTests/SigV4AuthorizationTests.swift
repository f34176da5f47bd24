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

  @Test(
    "SignedHeaders is a signer's list: in lower case, in order, each once, of fields that are there",
    arguments: [
      "content-type;host;host;x-amz-date;x-amz-security-token",
      "content-type;host;x-amz-date;x-amz-security-token;x-not-there",
      "host;content-type;x-amz-date;x-amz-security-token",
      "Content-Type;host;x-amz-date;x-amz-security-token",
      ";content-type;host;x-amz-date;x-amz-security-token",
      "content-type;host;x-amz-date;x-amz-security-token;",
    ])
  func signedHeaders(list: String) throws {
    var request = try signed()
    let header = try #require(request.headers["Authorization"])
    let parts = header.split(separator: ", ")
    request.headers["Authorization"] = "\(parts[0]), SignedHeaders=\(list), \(parts[2])"
    let failure = #expect(throws: SigV4Failure.self) { try verify(request) }
    guard case .signedHeaders = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(failure?.error(.query).code == "SignatureDoesNotMatch")
  }

  @Test(
    "Amazon's fields that are not signed are named",
    arguments: [
      ["x-amz-meta-b", "X-Amz-Meta-A"], ["x-amz-acl"], ["X-AMZ-Acl", "x-amz-acl"],
    ])
  func unsigned(names: [String]) throws {
    var request = try signed()
    for name in names { request.headers.append(name, "1") }
    request.headers.append("X-Amzn-Trace-Id", "not one of them")
    let wanted = Set(names.map { $0.lowercased() }).sorted()
    #expect(throws: SigV4Failure.unsignedFields(wanted)) { try verify(request) }
  }

  /// A request for a bucket that is signed as told, in its header or its query.
  private func signed(
    scopeDate: String? = nil, fields signed: [String] = ["host", "x-amz-date"],
    expires: Int? = nil
  ) throws -> HTTPRequest {
    let time = now.basic
    let scope = SigV4Scope(
      date: scopeDate ?? String(time.prefix(8)), region: "us-east-1", service: "eks")
    var headers: HTTPHeaders = [
      "Host": "127.0.0.1:4577", "X-Amz-Date": time, "Accept": "*/*",
    ]
    var target = "/clusters"
    if let expires {
      headers["X-Amz-Date"] = nil
      let credential = PercentEncoding.encode("test/\(scope.text)")
      target +=
        "?X-Amz-Algorithm=\(SigV4.algorithm)&X-Amz-Credential=\(credential)&X-Amz-Date=\(time)"
        + "&X-Amz-Expires=\(expires)&X-Amz-SignedHeaders=\(signed.joined(separator: "%3B"))"
    }
    let canonical = SigV4CanonicalRequest(
      method: "GET", target: target, headers: headers, signedHeaders: signed,
      payloadHash: SHA256.hex([]), style: .standard)
    let signature = SigV4.signature(
      of: SigV4.stringToSign(canonicalRequest: canonical.text, time: time, scope: scope),
      key: SigV4.signingKey(secret: "test", scope: scope))
    if expires == nil {
      headers["Authorization"] =
        "\(SigV4.algorithm) Credential=test/\(scope.text), "
        + "SignedHeaders=\(signed.joined(separator: ";")), Signature=\(signature)"
    } else {
      target += "&X-Amz-Signature=\(signature)"
    }
    return HTTPRequest(method: "GET", target: target, headers: headers)
  }

  @Test("the scope's date must be the request's", arguments: ["20200101", "2026", "202611245"])
  func scopeDate(date: String) throws {
    try verify(signed(scopeDate: nil))
    let scope = SigV4Scope(date: date, region: "us-east-1", service: "eks")
    let request = try signed(scopeDate: date)
    #expect(
      throws: SigV4Failure.wrongScope(expectedService: "eks", given: scope, isDate: true)
    ) { try verify(request) }
  }

  @Test("Host is always signed, in a header and in a link")
  func signedHost() throws {
    for expires in [nil, 60] {
      let request = try signed(fields: ["accept"], expires: expires)
      let failure = #expect(throws: SigV4Failure.self) { try verify(request) }
      guard case .incomplete = failure else {
        Issue.record("\(String(describing: failure))")
        continue
      }
    }
  }

  @Test("a link is good from a quarter of an hour before its time until it expires")
  func links() throws {
    let request = try signed(fields: ["host"], expires: 60)
    try verify(request)
    try verify(request, now: now + .seconds(59))
    try verify(request, now: now - .seconds(900))
    for late in [60, 61, 86_400] {
      #expect(throws: SigV4Failure.presignExpired) {
        try verify(request, now: now + .seconds(late))
      }
    }
    #expect(throws: SigV4Failure.notYetCurrent(request: now, now: now - .seconds(901))) {
      try verify(request, now: now - .seconds(901))
    }
    try verify(signed(fields: ["host"], expires: 604_800), now: now + .seconds(604_799))
    for seconds in [0, -1, 604_801] {
      let failure = #expect(throws: SigV4Failure.self) {
        try verify(signed(fields: ["host"], expires: seconds))
      }
      guard case .incomplete = failure else {
        Issue.record("\(String(describing: failure))")
        continue
      }
    }
  }

  @Test("a request is signed once")
  func once() throws {
    var twice = try signed()
    twice.headers.append("authorization", "x")
    #expect(throws: SigV4Failure.severalSignatures) { try verify(twice) }
    let both = try signed("/?X-Amz-Signature=x")
    #expect(throws: SigV4Failure.severalSignatures) { try verify(both) }
  }

  @Test("what is repeated of a request is cut")
  func echoes() throws {
    var request = try signed()
    let long = String(repeating: "e\u{301}\u{323}", count: 10_000)
    for header in ["AWS4-HMAC-SHA256 Credential=\(long)", "AWS4-HMAC-SHA256 \(long)"] {
      request.headers["Authorization"] = header
      let failure = #expect(throws: SigV4Failure.self) { try verify(request) }
      let text = try #require(failure?.error(.query).message)
      #expect(text.utf8.count < SigV4Failure.echoLimit + 300)
    }
  }

  @Test("values of one field are joined, those of others are not")
  func joined() {
    let fields = SigV4SignedFields(
      names: ["a", "b"], headers: ["B": " 1 \t 2 ", "a": "x", "b": "3", "A": "", "c": "y"])
    #expect(fields.values == ["x,", "1 2,3"])
    #expect(fields.absent == nil && fields.unsigned.isEmpty)
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
