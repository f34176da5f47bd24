import JSON
import PodIdentity
import TestSupport
import Testing

@testable import Console

/// The page draws what events name, and nothing that none names.
@Suite struct ConsoleVocabularyTests {
  @Test("every operation that has a way or a weight of its own is one of the vocabulary")
  func operations() throws {
    let known = Set(EventOperation.all + AWSOperations.all.flatMap(\.operations))
    #expect(known.isSuperset(of: ConsoleWay.operations.keys.map(\.string)))
    #expect(known.isSuperset(of: ConsoleWeight.operations.keys.map(\.string)))
    // What the page says of a hop.
    let captions = try Repository.text("Sources/Console/Page/captions.js")
    let named = captions.matches(of: try Regex(#"(?m)^  ([A-Z]\w+): \("#))
      .compactMap { $0.output[1].substring.map(String.init) }
    #expect(named.count > 5)
    #expect(known.isSuperset(of: named))
  }

  @Test(
    "what the role store answers goes there; clusters, STS and strangers do not",
    arguments: [
      ("GetRole", true), ("GetAccountSummary", true), ("TagResource", true),
      ("CreatePodIdentityAssociation", true), ("DescribeCluster", false), ("ListClusters", false),
      ("GetCallerIdentity", false), ("unknown", false),
    ])
  func store(operation: String, isStored: Bool) {
    let event: JSON = ["service": "aws-api", "operation": .string(operation), "outcome": "ok"]
    #expect(ConsoleWay.of(event) == [.clientsAWS] + (isStored ? [.awsStore] : []))
  }

  @Test(
    "a check that nobody decided by has failed; one of another version was a decision",
    arguments: [
      ("trust-policy", "denied"), ("token-expiry", "denied"), ("bucket", "failed"),
      ("store", "failed"), ("a-check-to-come", "denied"), ("fault", "fault"),
    ])
  func kind(check: String, kind: String) {
    #expect(ConsoleEvent.kind(["outcome": "AccessDenied", "check": .string(check)]) == kind)
    #expect(ConsoleEvent.kind(["outcome": "AccessDenied"]) == "failed")
  }
}
