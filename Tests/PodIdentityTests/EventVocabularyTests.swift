import Platform
import PodIdentity
import TestSupport
import Testing

/// The closed lists of what events name.
@Suite struct EventVocabularyTests {
  @Test("every check that is declared is listed, once")
  func checks() throws {
    let text = try Repository.text("Sources/PodIdentity/EventCheck.swift")
    let row = try Regex(#"static let \w+ = Self\(row: "([^"]+)"\)"#)
    let declared = text.matches(of: row).compactMap { $0.output[1].substring.map(String.init) }
    #expect(declared.count > 25)
    #expect(Event.Check.all.map(\.name).sorted() == declared.sorted())
    #expect(Set(declared).count == declared.count)
    for name in declared { #expect(Event.Check.named(name)?.name == name) }
    #expect(Event.Check.named("trust-policies") == nil)
  }

  @Test("no other file makes a check, and none says an operation or an outcome by its own text")
  func closed() throws {
    let words = try Regex(
      #"Check\(row:|operation: "[A-Z]|outcome = "|outcome: "(ok|refused|fault|failed|skipped|ignored)""#
    )
    for file in Repository.files(below: "Sources", suffix: ".swift") {
      guard !file.hasPrefix("Sources/PodIdentity/Event"), file != "Sources/Platform/Event.swift"
      else { continue }
      #expect(try Repository.text(file).firstMatch(of: words) == nil, "\(file)")
    }
  }

  @Test("operations and outcomes are listed once each")
  func operations() throws {
    let text = try ["Operation", "Outcome"]
      .map { try Repository.text("Sources/PodIdentity/Event\($0).swift") }.joined()
    let declared = text.matches(of: try Regex(#"static let \w+ = "([^"]+)""#))
      .compactMap { $0.output[1].substring.map(String.init) }
    #expect((EventOperation.all + EventOutcome.all).sorted() == declared.sorted())
    #expect(Set(declared).count == declared.count)
  }

  @Test("who decided against a call is told from what went wrong with it")
  func decisions() {
    let plain = Event.Check.all.filter { !$0.isDecision }.map(\.name).sorted()
    #expect(plain == ["bucket", "fault", "key", "request", "server", "store"])
  }

  @Test("an action of a policy belongs to one service, in the order of the alphabet")
  func actions() throws {
    #expect(AWSOperations.all.map(\.service) == ["sts", "iam", "eks", "eks-auth", "s3"])
    #expect(AWSOperations.of("iam")?.actions.contains("PassRole") == true)
    #expect(AWSOperations.of("iam")?.operations.contains("PassRole") == false)
    #expect(AWSOperations.of("s3")?.actions.contains("ListAllMyBuckets") == true)
    #expect(AWSOperations.of("s3")?.actions.contains("ListBuckets") == false)
    #expect(AWSOperations.of("eks-auth")?.actions == ["AssumeRoleForPodIdentity"])
    #expect(AWSOperations.of("sqs") == nil)
    for service in AWSOperations.all {
      #expect(service.operations == service.operations.sorted(), "\(service.service)")
    }
  }
}
