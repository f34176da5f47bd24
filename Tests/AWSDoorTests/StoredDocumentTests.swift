import AWSTestSupport
import IAMPolicy
import JSON
import Platform
import PodIdentity
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import AWSDoor

/// What an older version stored is loaded, whatever today's rules say of it.
@Suite struct StoredDocumentTests {
  private final class Lines: Sendable {
    let all = Mutex<[JSON]>([])

    var log: Log {
      Log(service: "aws-api", level: .info) { [self] line in
        guard let json = try? JSON.parse(line) else { return }
        all.withLock { $0.append(json) }
      }
    }
  }

  private static let allowed =
    #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#

  private func isAllowed(_ role: Role) -> Bool {
    PolicyEvaluation(
      identity: role.policies.map { NamedPolicy(name: $0.name, document: $0.document) }
    ).decide(PolicyRequest(action: "s3:GetObject", resource: "arn:aws:s3:::b/k")).isAllowed
  }

  private func isTrusting(_ role: Role) -> Bool {
    let evaluation = PolicyEvaluation(
      identity: [], resource: [NamedPolicy(name: "trust", document: role.trust)])
    let service = PolicyPrincipal.service("pods.eks.amazonaws.com")
    return evaluation.decide(
      PolicyRequest(action: "sts:AssumeRole", resource: role.arn, principal: service)
    ).isAllowed
  }

  @Test(
    "a document that cannot be read any more keeps no server from starting, and denies",
    arguments: [
      "", "no JSON", "[]", #"{"Version":"1999-01-01","Statement":[]}"#,
      #"{"Version":"2012-10-17","Statement":{"Effect":"Perhaps"}}"#,
    ])
  func unreadable(text: String) async throws {
    let path = Scratch.path(".db")
    let stack = try await AWSStack(path: path)
    for name in ["whole", "untrusted", "unknown"] {
      await stack.makeRole(name, policy: Self.allowed)
    }
    try await stack.context.store.database.write { connection in
      try connection.run("UPDATE roles SET trust_policy = ? WHERE name = 'untrusted'", .text(text))
      try connection.run(
        "INSERT INTO role_policies (role, name, document) VALUES ('unknown', 'old', ?)",
        .text(text))
    }
    await stack.context.store.close()

    let lines = Lines()
    let store = try await RoleStore(path: path, account: AWSAccount(), log: lines.log)
    let roles = store.roles()
    #expect(roles.map(\.name) == ["unknown", "untrusted", "whole"])
    #expect(roles.map(isAllowed) == [false, true, true])
    #expect(roles.map(isTrusting) == [true, false, true])
    #expect(roles[1].trustText == text, "what was taken is shown as it was")
    #expect(roles[0].policies.first { $0.name == "old" }?.text == text)
    let told = lines.all.withLock { $0 }
    #expect(told.map { $0["role"] } == ["unknown", "untrusted"])
    #expect(told.map { $0["policy"] } == ["old", "trust policy"])
    #expect(told.allSatisfy { $0["level"] == "warning" && $0["reason"]?.string?.isEmpty == false })

    // The role is mended as any other.
    #expect(try await store.deletePolicy("old", of: "unknown"))
    #expect(store.role(named: "unknown").map(isAllowed) == true)
    await store.close()
  }
}
