import AWSWire
import HTTP
import JSON
import Platform
import TestSupport
import Testing

/// How each protocol writes answers and errors.
@Suite struct ErrorBodyTests {
  private let error = AWSError("A<B", status: 403, "m & n")

  private func text(_ response: HTTPResponse) -> String {
    String(decoding: response.bodyBytes, as: UTF8.self)
  }

  @Test("the query protocol: XML in the service's namespace, the request's id in head and body")
  func query() {
    let answer = AWSQueryErrorBody.response(error, namespace: "urn:n", requestID: "r")
    #expect(answer.status == 403 && answer.headers["x-amzn-requestid"] == "r")
    #expect(
      text(answer)
        == "<ErrorResponse xmlns=\"urn:n\"><Error><Type>Sender</Type><Code>A&lt;B</Code>"
        + "<Message>m &amp; n</Message></Error><RequestId>r</RequestId></ErrorResponse>")
    let server = AWSError("E", status: 500, "m")
    #expect(
      text(AWSQueryErrorBody.response(server, namespace: "n", requestID: "r"))
        .contains("<Type>Receiver</Type>"))
    let success = AWSQueryResponse.success(
      action: "Do", namespace: "urn:n", requestID: "r", result: { $0.element("X", "1") })
    #expect(
      text(success)
        == "<DoResponse xmlns=\"urn:n\"><DoResult><X>1</X></DoResult><ResponseMetadata>"
        + "<RequestId>r</RequestId></ResponseMetadata></DoResponse>")
    let bare = AWSQueryResponse.success(
      action: "Do", namespace: "n", requestID: "r", result: nil)
    #expect(!text(bare).contains("DoResult"))
  }

  @Test("REST JSON: the code in a field, the message in the body")
  func restJSON() throws {
    let answer = AWSRESTJSONErrorBody.response(error, requestID: "r", members: ["x": 1])
    #expect(answer.status == 403)
    #expect(answer.headers["x-amzn-ErrorType"] == "A<B")
    #expect(answer.headers["x-amzn-RequestId"] == "r")
    #expect(try JSON.parse(answer.bodyBytes) == ["message": "m & n", "x": 1])
  }

  @Test("S3: XML without a namespace, with what the error is about")
  func s3() {
    let answer = S3ErrorBody.response(
      error, resource: "/b/k", requestID: "r", hostID: "h", members: [("Key", "k")])
    #expect(answer.headers["x-amz-request-id"] == "r" && answer.headers["x-amz-id-2"] == "h")
    #expect(
      text(answer)
        == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>A&lt;B</Code>"
        + "<Message>m &amp; n</Message><Key>k</Key><Resource>/b/k</Resource>"
        + "<RequestId>r</RequestId><HostId>h</HostId></Error>")
  }

  @Test("S3 tells of the header or of the query, whichever carries the signature")
  func s3Signatures() {
    let scope = SigV4Scope(date: "20261124", region: "r", service: "s")
    for failure in [
      SigV4Failure.incomplete("t"), .wrongRegion(expected: "a", given: "b"),
      .wrongScope(expectedService: "s3", given: scope, isDate: true),
      .wrongScope(expectedService: "s3", given: scope, isDate: false),
    ] {
      #expect(failure.s3Error(isPresigned: false).code == "AuthorizationHeaderMalformed")
      #expect(failure.s3Error(isPresigned: true).code == "AuthorizationQueryParametersError")
    }
  }

  @Test(
    "an ARN has partition, service and resource",
    arguments: [
      ("arn:aws:s3:::b", true), ("arn:aws:iam::1:role/a:b", true), ("arn:aws:s3:::", false),
      ("arn::s3:::b", false), ("arn:aws::::b", false), ("arn:aws:s3::b", false),
      ("ARN:aws:s3:::b", false), (" arn:aws:s3:::b", false), ("", false),
    ])
  func arns(text: String, isOne: Bool) {
    #expect(ARN(text)?.description == (isOne ? text : nil))
  }

  @Test(
    "S3 signs the path as it is, encoded once; other services tidy it, and encode it once more",
    arguments: [
      ("/a/../b", "/a/../b", "/b"), ("/a//b/", "/a//b/", "/a/b/"), ("/a/./b", "/a/./b", "/a/b"),
      ("/a%20b", "/a%20b", "/a%2520b"), ("/a%2Fb", "/a/b", "/a%252Fb"),
      ("/a+b", "/a%2Bb", "/a%2Bb"),
      ("/", "/", "/"), ("", "/", "/"),
    ])
  func paths(target: String, s3: String, standard: String) {
    for (style, path) in [(SigV4PathStyle.s3, s3), (.standard, standard)] {
      let canonical = SigV4CanonicalRequest(
        method: "GET", target: target, headers: [:], signedHeaders: [], payloadHash: "h",
        style: style)
      #expect(canonical.text == "GET\n\(path)\n\n\n\nh")
    }
  }

  @Test("what proxies and clients change on the way is not signed")
  func unsigned() throws {
    var request = HTTPClientRequest(
      method: "GET", url: try #require(HTTPURL("http://a/")),
      headers: [
        "User-Agent": "u", "Connection": "close", "Expect": "100-continue", "X-B": "1", "A": "2",
      ])
    SigV4.sign(
      &request, credentials: AWSCredentials(accessKeyID: "k", secretAccessKey: "s"), region: "r",
      service: "s", now: Instant(seconds: 0))
    let header = request.headers["Authorization"] ?? ""
    #expect(header.contains("SignedHeaders=a;host;x-amz-date;x-b,"))
  }

  @Test(
    "a file that holds no access key is none",
    arguments: [
      #"{"accessKeyId":"","secretAccessKey":"s"}"#, #"{"accessKeyId":"k","secretAccessKey":""}"#,
      #"{"accessKeyId":"k"}"#, "{}", "", "[]", #"{"accessKeyId":1,"secretAccessKey":"s"}"#,
    ])
  func keyFile(text: String) throws {
    let path = "\(try Scratch.folder())/credentials.json"
    try SafeFile.write(Array(text.utf8), to: path)
    #expect(throws: FileError.self) { try AccessKeyFile(path: path).read() }
  }
}
