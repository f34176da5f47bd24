import Testing

@testable import IAMPolicy

/// A trust policy of several statements that apply: the one that grants most counts.
@Suite struct StrongestGrantTests {
  private static let role = "arn:aws:iam::111122223333:role/first"
  private static let session = "arn:aws:sts::111122223333:assumed-role/first/s"
  private static let account = "arn:aws:iam::111122223333:root"

  private static func decision(
    _ principals: [String], session policy: String? = nil
  ) throws -> AssumptionEvaluation.Decision {
    func document(_ statements: [String], _ kind: PolicyDocument.Kind) throws -> NamedPolicy {
      let list = statements.joined(separator: ",")
      return NamedPolicy(
        name: "p",
        document: try PolicyDocument(
          text: #"{"Version":"2012-10-17","Statement":[\#(list)]}"#, kind: kind))
    }
    let trust = principals.map {
      #"{"Effect":"Allow","Principal":{"AWS":"\#($0)"},"Action":"sts:AssumeRole"}"#
    }
    let caller = PolicyEvaluation(
      identity: [], session: try policy.map { [try document([$0], .session)] } ?? [])
    return AssumptionEvaluation(trust: try document(trust, .trust), caller: caller)
      .decide(
        PolicyRequest(
          action: "sts:AssumeRole", resource: "arn:aws:iam::111122223333:role/target",
          principal: .account(
            id: "111122223333", arn: session, roleARN: role, roleID: "AROAAAAAAAAAAAAAAAAAA")))
  }

  @Test(
    "a statement for the account takes nothing from one for the role, in whatever order",
    arguments: [[account, role], [role, account], ["111122223333", account, role]])
  func namedRole(principals: [String]) throws {
    guard case .allowed = try Self.decision(principals) else {
      Issue.record("the role is named, so it needs no policy of its own")
      return
    }
  }

  @Test("the account alone, however often, leaves it to the role's own policies")
  func accountAlone() throws {
    guard case .notPermitted(.identity) = try Self.decision([Self.account, "111122223333"]) else {
      Issue.record("nothing allows the role to do this")
      return
    }
  }

  @Test(
    "a statement for the session is not narrowed by what it was opened with, in whatever order",
    arguments: [[account, role, session], [session, role, account], [role, session]])
  func namedSession(principals: [String]) throws {
    let other = #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#
    guard case .allowed = try Self.decision(principals, session: other) else {
      Issue.record("the session itself is named")
      return
    }
    guard case .notPermitted(.session) = try Self.decision([Self.role], session: other) else {
      Issue.record("the session policy does not allow it")
      return
    }
  }
}
