import TestSupport
import Testing

@testable import AWSAPI

/// The list of codes against the tables that make errors.
@Suite struct ErrorCodesTests {
  @Test("every code that the sources make an error of is in the list, once and in order")
  func whole() throws {
    #expect(ErrorCodes.all == Set(ErrorCodes.all).sorted())
    let made = #/(?:AWSError|sender|make|location)\(\s*(?:code:\s*)?"([A-Z][A-Za-z0-9]+)"/#
    var found = Set<String>()
    for room in ["AWSWire", "AWSDoor", "IAM", "STS", "EKS", "EKSAuth", "S3", "AWSAPI"] {
      for file in Repository.files(below: "Sources/\(room)", suffix: ".swift") {
        for match in try Repository.text(file).matches(of: made) {
          let code = String(match.output.1)
          found.insert(code)
          #expect(ErrorCodes.all.contains(code), "\(file): \(code)")
        }
      }
    }
    #expect(found.count > 60)
  }
}
