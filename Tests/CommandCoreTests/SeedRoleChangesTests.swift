import AWSClient
import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// Roles of a seed: made with all they have, and changed where they differ.
@Suite(.timeLimit(.minutes(10))) struct SeedRoleChangesTests {
  private static let trust: JSON = ["Version": "2012-10-17", "Statement": []]
  private static let policy: JSON = ["Version": "2012-10-17", "Statement": [["a": "b"]]]

  private func role() -> SeedAWS.Role {
    var role = SeedAWS.Role(
      name: "r", trust: Self.trust,
      policies: [SeedAWS.Policy(name: "p", document: Self.policy, place: "roles.yaml:3")],
      place: "roles.yaml:1")
    role.path = "/team/"
    role.description = "d"
    role.maxSessionSeconds = 7200
    role.tags = [("a", "1"), ("B", "2")]
    return role
  }

  private static let shown =
    "<Path>/team/</Path><Description>d</Description><MaxSessionDuration>7200</MaxSessionDuration>"
  private static let allTags = "<Key>a</Key><Value>1</Value><Key>B</Key><Value>2</Value>"

  /// What applying the role comes to at one that is there like this, with the calls for it.
  private func apply(
    _ role: SeedAWS.Role, at found: String?, trust: JSON = trust, policy: JSON? = policy
  ) async throws -> (outcome: SeedOutcome?, writes: [String], failure: String?) {
    let server = try SeedServer { call in
      if call.hasPrefix("GetRole ") {
        return found.map {
          .text(200, "<AssumeRolePolicyDocument>\(trust.text())</AssumeRolePolicyDocument>\($0)")
        }
      }
      if call.hasPrefix("GetRolePolicy ") {
        return policy.map { .text(200, "<PolicyDocument>\($0.text())</PolicyDocument>") }
      }
      return .text(200, "")
    }
    let (info, access) = try server.stack()
    var result: (SeedOutcome?, String?)
    do {
      result = (try await SeedRoleApplier(role: role, aws: access.aws(info)).apply(), nil)
    } catch { result = (nil, "\(error)") }
    await server.stop()
    return (result.0, server.writes, result.1)
  }

  @Test("a role that is not there is made with all that the seed says, then its policies")
  func made() async throws {
    let found = try await apply(role(), at: nil, policy: nil)
    #expect(found.outcome == .created)
    #expect(
      found.writes == [
        "CreateRole RoleName=r AssumeRolePolicyDocument=\(Self.trust.text()) Description=d"
          + " MaxSessionDuration=7200 Path=/team/ Tags.member.1.Key=a Tags.member.1.Value=1"
          + " Tags.member.2.Key=B Tags.member.2.Value=2",
        "PutRolePolicy RoleName=r PolicyName=p PolicyDocument=\(Self.policy.text())",
      ])
  }

  @Test("one that is as the seed says stays")
  func same() async throws {
    let found = try await apply(role(), at: Self.shown + Self.allTags)
    #expect(found.outcome == .unchanged && found.writes.isEmpty)
  }

  @Test(
    "tags are the seed's: others go by their key, whose case does not matter, and new ones come",
    arguments: [
      (
        "<Key>a</Key><Value>1</Value>",
        ["TagRole RoleName=r Tags.member.1.Key=B Tags.member.1.Value=2"]
      ),
      (
        "<Key>a</Key><Value>0</Value><Key>b</Key><Value>2</Value>",
        [
          "TagRole RoleName=r Tags.member.1.Key=a Tags.member.1.Value=1 Tags.member.2.Key=B"
            + " Tags.member.2.Value=2"
        ]
      ),
      (
        allTags + "<Key>x</Key><Value>1</Value><Key>y</Key><Value>2</Value>",
        ["UntagRole RoleName=r TagKeys.member.1=x TagKeys.member.2=y"]
      ),
    ])
  func tags(there: String, calls: [String]) async throws {
    let found = try await apply(role(), at: Self.shown + there)
    #expect(found.outcome == .updated && found.writes == calls)
    var silent = role()
    silent.tags = nil
    #expect(try await apply(silent, at: Self.shown + there).writes.isEmpty)
  }

  @Test("another trust and another policy are written, each by itself")
  func documents() async throws {
    let trust = try await apply(role(), at: Self.shown + Self.allTags, trust: Self.policy)
    #expect(trust.outcome == .updated)
    #expect(
      trust.writes == ["UpdateAssumeRolePolicy RoleName=r PolicyDocument=\(Self.trust.text())"])
    for other in [Self.trust, nil] {
      let policy = try await apply(role(), at: Self.shown + Self.allTags, policy: other)
      #expect(policy.outcome == .updated)
      #expect(
        policy.writes
          == ["PutRolePolicy RoleName=r PolicyName=p PolicyDocument=\(Self.policy.text())"])
    }
  }

  @Test("a path cannot be changed, and that is said before anything is")
  func path() async throws {
    let found = try await apply(role(), at: "<Path>/other/</Path>")
    #expect(found.writes.isEmpty)
    #expect(
      found.failure?.hasPrefix(
        "roles.yaml:1: role r: it exists with the path /other/, and a path cannot be changed")
        == true)
    var silent = role()
    silent.path = nil
    #expect(try await apply(silent, at: "<Path>/other/</Path>" + Self.allTags).outcome == .updated)
  }
}
