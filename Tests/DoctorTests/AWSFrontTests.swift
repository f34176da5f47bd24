import HTTP
import Testing

@testable import Doctor

@Suite struct AWSFrontTests {
  @Test(
    "a call's signature counts as taken unless the error's code says otherwise",
    arguments: [
      (200, [:], "ExpiredToken", true), (500, [:], "", false), (501, [:], "", true),
      (403, [:], "<Error><Code>InvalidClientTokenId</Code></Error>", false),
      (403, [:], "<Error><Code>AccessDenied</Code><Message>ExpiredToken</Message></Error>", true),
      (403, ["x-amzn-ErrorType": "ExpiredTokenException:http://x/"], "{}", false),
      (400, ["x-amzn-ErrorType": "ValidationException"], "{\"message\":\"ExpiredToken\"}", true),
      (404, [:], "", true),
    ] as [(Int, HTTPHeaders, String, Bool)])
  func accepted(status: Int, headers: HTTPHeaders, body: String, isAccepted: Bool) {
    let answer = HTTPResponse(status: status, headers: headers, body: .bytes(Array(body.utf8)))
    #expect(AWSFront.isAccepted(answer) == isAccepted)
  }

  @Test(
    "a refused HEAD says nothing of the caller, for it names no code",
    arguments: [
      ("HEAD", 200, true), ("HEAD", 403, false), ("HEAD", 400, false), ("HEAD", 404, true),
      ("HEAD", 500, true), ("HEAD", 499, false), ("GET", 403, true), ("PUT", 400, true),
    ])
  func tells(method: String, status: Int, isTold: Bool) {
    #expect(AWSFront.tells(.text(status, ""), method: method) == isTold)
  }
}
