import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// The commands that mend what an account has, word by word.
@Suite struct AccountMendTests {
  private static let role = "arn:aws:iam::111122223333:role/app"

  private func mend(_ name: String = "app", cluster: String = "local") throws -> AccountMend {
    AccountMend(
      account: AccountName(namespace: "team-a", name: name),
      stack: try Sample.stack(["cluster": .string(cluster)]))
  }

  @Test("the annotation is written over another one")
  func annotate() throws {
    #expect(
      try mend().annotate(Self.role).text
        == "kubectl annotate serviceaccount app -n team-a --overwrite "
        + "pod-identity.eks.amazonaws.com/role=\(Self.role)")
  }

  @Test("an association names cluster, namespace, account and role")
  func associate() throws {
    let command = try mend().associate(Self.role)
    #expect(
      command.text
        == "aws eks create-pod-identity-association --cluster-name local --namespace team-a "
        + "--service-account app --role-arn \(Self.role)")
    #expect(command.needsEnvironment)
    #expect(
      try mend("it's", cluster: "a b").associate(Self.role).text
        == "aws eks create-pod-identity-association --cluster-name 'a b' --namespace team-a "
        + "--service-account 'it'\\''s' --role-arn \(Self.role)")
  }

  @Test("an association is changed by its id, with a flag and a value if it has one")
  func update() throws {
    let association: JSON = ["associationId": "a-1"]
    let start = "aws eks update-pod-identity-association --cluster-name local --association-id a-1 "
    #expect(
      try mend().update(association, "--role-arn", Self.role).text
        == start + "--role-arn \(Self.role)")
    #expect(
      try mend().update(association, "--no-disable-session-tags").text
        == start + "--no-disable-session-tags")
  }

  @Test("an account that had the annotation gets it again")
  func create() throws {
    #expect(try mend().createAccount().text == "kubectl create serviceaccount app -n team-a")
    #expect(
      try mend().createAccount(role: Self.role).text
        == "kubectl create serviceaccount app -n team-a && \(mend().annotate(Self.role).text)")
  }

  @Test(
    "a role gets tags, another trust policy, or both",
    arguments: [
      ([], ["x"], ["update-assume-role-policy"]), (["a"], [], ["tag-role"]),
      (["a"], ["x"], ["tag-role", "update-assume-role-policy"]),
    ] as [([String], [String], [String])])
  func trust(tags: [String], changes: [String], words: [String]) {
    let outcome = TrustRepair.Outcome(
      document: [:], changes: changes, tags: tags.map { ($0, "v") })
    let text = Mend.trust(of: "app", outcome).text
    let verbs = text.split(separator: " && ").map { String($0.split(separator: " ")[2]) }
    #expect(verbs == words)
    #expect(outcome.isEmpty == words.isEmpty)
  }
}
