import Testing

@testable import PodIdentityCLI

/// How `podid demo` judges what the AWS CLI said.
@Suite struct DemoJudgementTests {
  private static let denied =
    "upload failed: An error occurred (AccessDenied) when calling PutObject: User: arn:x is not "
    + "authorized to perform: s3:PutObject"

  @Test("a put is refused by AccessDenied alone, and its last words are told")
  func refusal() {
    let refused = Demo.refusal(in: ["warning", Self.denied, ""])
    #expect(refused.isRefused)
    #expect(refused.text == "AccessDenied: ... is not authorized to perform: s3:PutObject")
    let odd = Demo.refusal(in: ["AccessDenied", "last"])
    #expect(odd.isRefused && odd.text == "last")
    let other = Demo.refusal(in: ["a", "the endpoint does not answer"])
    #expect(!other.isRefused && other.text == "the endpoint does not answer")
    let none = Demo.refusal(in: [])
    #expect(!none.isRefused && none.text == "the put was not refused")
  }

  @Test(
    "a listing shows something, and ends well",
    arguments: [(["a"], 0, true), (["a"], 1, false), ([], 0, false), ([], 1, false)]
      as [([String], Int32, Bool)])
  func listing(output: [String], code: Int32, isListed: Bool) {
    #expect(Demo.isListed(output, code: code) == isListed)
  }
}
