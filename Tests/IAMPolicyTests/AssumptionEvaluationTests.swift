import Testing

@testable import IAMPolicy

/// Who may assume a role of the same account.
@Suite struct AssumptionEvaluationTests {
  private static let account = "111122223333"
  private static let first = "arn:aws:iam::111122223333:role/team/first"
  private static let session = "arn:aws:sts::111122223333:assumed-role/first/s"
  private static let id = "AROAAAAAAAAAAAAAAAAAA"
  private static let target = "arn:aws:iam::111122223333:role/target"
  private static let allow = #"{"Effect":"Allow","Action":"sts:*","Resource":"*"}"#
  private static let deny = #"{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"}"#

  private static func policy(_ statements: [String], _ kind: PolicyDocument.Kind) throws
    -> NamedPolicy
  {
    NamedPolicy(
      name: "p",
      document: try PolicyDocument(
        text: #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#,
        kind: kind))
  }

  private static func decision(
    _ principal: String, identity: [String] = [], session policies: [String] = [],
    effect: String = "Allow"
  ) throws -> AssumptionEvaluation.Decision {
    let trust = #"{"Effect":"\#(effect)","Principal":\#(principal),"Action":"sts:AssumeRole"}"#
    let open = #"{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}"#
    let evaluation = AssumptionEvaluation(
      trust: try policy(effect == "Deny" ? [open, trust] : [trust], .trust),
      caller: PolicyEvaluation(
        identity: identity.isEmpty ? [] : [try policy(identity, .inline)],
        session: policies.isEmpty ? [] : [try policy(policies, .session)]))
    return evaluation.decide(
      PolicyRequest(
        action: "sts:AssumeRole", resource: target,
        principal: .account(id: account, arn: session, roleARN: first, roleID: id)))
  }

  private static func name(_ decision: AssumptionEvaluation.Decision) -> String {
    switch decision {
    case .allowed: "allowed"
    case .deniedByTrust: "deniedByTrust"
    case .deniedByCaller: "deniedByCaller"
    case .notTrusted: "notTrusted"
    case .notPermitted(let source): "notPermitted \(source)"
    }
  }

  @Test(
    "a named principal needs no policy of its own, the account leaves it to one",
    arguments: [
      (#"{"AWS":"\#(first)"}"#, "allowed", "allowed"),
      (#"{"AWS":"\#(session)"}"#, "allowed", "allowed"),
      (#"{"AWS":"\#(id)"}"#, "allowed", "allowed"),
      (#""*""#, "allowed", "allowed"),
      (#"{"AWS":"*"}"#, "allowed", "allowed"),
      (#"{"AWS":"111122223333"}"#, "notPermitted identity", "allowed"),
      (#"{"AWS":"arn:aws:iam::111122223333:root"}"#, "notPermitted identity", "allowed"),
      (
        #"{"AWS":["arn:aws:iam::111122223333:root","\#(first)"]}"#, "allowed", "allowed"
      ),
      (#"{"AWS":"arn:aws:iam::111122223333:role/first"}"#, "notTrusted", "notTrusted"),
      (#"{"AWS":"444455556666"}"#, "notTrusted", "notTrusted"),
      (#"{"Service":"pods.eks.amazonaws.com"}"#, "notTrusted", "notTrusted"),
    ])
  func grants(principal: String, alone: String, permitted: String) throws {
    #expect(Self.name(try Self.decision(principal)) == alone)
    #expect(Self.name(try Self.decision(principal, identity: [Self.allow])) == permitted)
  }

  @Test("a denial of either side wins")
  func denials() throws {
    let named = #"{"AWS":"\#(Self.first)"}"#
    #expect(Self.name(try Self.decision(named, identity: [Self.deny])) == "deniedByCaller")
    #expect(
      Self.name(try Self.decision(named, identity: [Self.allow], effect: "Deny"))
        == "deniedByTrust")
  }

  @Test("a session policy narrows a role that is named, and not a session that is")
  func sessions() throws {
    let narrow = [#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#]
    #expect(
      Self.name(try Self.decision(#"{"AWS":"\#(Self.first)"}"#, session: narrow))
        == "notPermitted session")
    #expect(
      Self.name(try Self.decision(#"{"AWS":"\#(Self.session)"}"#, session: narrow)) == "allowed")
  }
}
