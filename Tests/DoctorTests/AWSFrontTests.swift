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
}
