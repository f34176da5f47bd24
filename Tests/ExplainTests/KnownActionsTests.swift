import IAMPolicy
import Testing

@testable import CommandCore
@testable import Explain

/// What is said of actions that nobody asks for.
@Suite struct KnownActionsTests {
  @Test(
    "a misspelt action is told, with the nearest; known ones and other services' are not",
    arguments: [
      (
        "s3:PutObjct", "s3:PutObjct is not among the actions known here",
        "; the nearest is s3:PutObject"
      ),
      ("S3:Frobnicate", "S3:Frobnicate is not among the actions known here", "ask for"),
      ("s3:putobject", nil, nil), ("iam:PassRole", nil, nil), ("dynamodb:GetItm", nil, nil),
    ] as [(String, String?, String?)])
  func note(action: String, start: String?, end: String?) {
    let note = KnownActions.note(on: action)
    guard let start, let end else { return #expect(note == nil) }
    #expect(note?.hasPrefix(start) == true && note?.hasSuffix(end) == true, "\(note ?? "")")
  }
}
