import AWSClient
import HTTP
import Testing

@Suite struct AWSErrorCodeTests {
  @Test(
    "a code is read in each protocol's place, without what services put around it",
    arguments: [
      (["x-amzn-ErrorType": "A:http://internal/"], "{}", "A"),
      (["x-amzn-ErrorType": "ns#A"], "{\"__type\":\"B\"}", "A"),
      ([:], "{\"__type\":\"com.amazon#B\"}", "B"), ([:], "{\"code\":\"C\"}", "C"),
      ([:], "<ErrorResponse><Error><Code>D</Code></Error></ErrorResponse>", "D"),
      ([:], "{}", nil), ([:], "", nil), ([:], "<Code>", nil),
    ] as [(HTTPHeaders, String, String?)])
  func read(headers: HTTPHeaders, body: String, code: String?) {
    #expect(AWSErrorCode.read(headers, Array(body.utf8)) == code)
  }

  @Test("all texts of an element, unescaped once")
  func xml() {
    let reader = XMLReader("<L><member>a&lt;b</member><member>&amp;lt;</member><member></member>")
    #expect(reader.all("member") == ["a<b", "&lt;", ""])
    #expect(reader.first("L") == nil && reader.first("nothing") == nil)
    #expect(XMLReader("<A>x&#39;&quot;&gt;&</A>").first("A") == "x'\">&")
  }
}
