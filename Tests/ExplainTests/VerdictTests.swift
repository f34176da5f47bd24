import IAMPolicy
import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid can` says of a request.
@Suite struct VerdictTests {
  private static let key = "arn:aws:s3:::bucket/key"
  private static let reads =
    #"{"Sid":"Reads","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#
  private static let writes = #"{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}"#
  private static let denies = #"{"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"*"}"#

  private static func verdict(
    _ statements: [String], session: [String] = [], action: String = "s3:GetObject",
    resource: String = key, policy: String = "inline"
  ) throws -> Verdict {
    func text(_ list: [String]) -> String {
      "{\"Version\":\"2012-10-17\",\"Statement\":[\(list.joined(separator: ","))]}"
    }
    let effective = try Sample.effective(
      statements.isEmpty ? [] : [(policy, try JSON.parse(text(statements)))],
      session: session.isEmpty ? nil : text(session))
    let context = effective.keys.call(as: effective.role)
    return Verdict(
      PolicyRequest(action: action, resource: resource, context: context), effective)
  }

  @Test(
    "the sentence names who decided, and why nothing did",
    arguments: [
      ([reads], [], true, "app may do s3:GetObject on \(key): policy inline, statement Reads"),
      (
        [reads, denies], [], false,
        "app may not do s3:GetObject on \(key): policy inline, statement No denies it "
          + "(identity-based policy)"
      ),
      (
        [reads], [denies], false,
        "app may not do s3:GetObject on \(key): policy of the session, statement No denies it "
          + "(session policy)"
      ),
      (
        [reads], [writes], false,
        "app may do s3:GetObject on \(key), but the association's session policy does not allow it"
      ),
      ([writes], [], false, "app may not do s3:GetObject on \(key), for nothing allows it"),
      (
        [], [], false,
        "app may not do s3:GetObject on \(key), for nothing allows it: it has no policy"
      ),
    ] as [([String], [String], Bool, String)])
  func reasons(
    statements: [String], session: [String], isAllowed: Bool, reason: String
  ) throws {
    let verdict = try Self.verdict(statements, session: session)
    #expect(verdict.reason == reason)
    #expect(verdict.decision.isAllowed == isAllowed)
    #expect(verdict.json["allowed"] == .bool(isAllowed))
    #expect(verdict.json["reason"] == .string(reason))
  }

  @Test(
    "the statements that are shown are those that decided, or all that were asked in vain",
    arguments: [
      ([writes, reads], [], ["Reads"]), ([reads], [reads, writes], ["Reads", "Reads"]),
      ([reads, denies], [], ["No"]), ([reads, denies], [denies], ["No"]),
      ([writes, writes], [], ["1", "2"]), ([reads], [writes], ["1"]), ([], [], []),
    ] as [([String], [String], [String])])
  func deciding(statements: [String], session: [String], names: [String]) throws {
    let verdict = try Self.verdict(statements, session: session)
    #expect(verdict.deciding.map(\.reference.statement) == names)
  }

  @Test("a denial by the role's own policy is not shown as the session policy's of the same name")
  func sources() throws {
    let denied = try Self.verdict(
      [Self.denies], session: [Self.denies], policy: "of the session")
    #expect(denied.deciding.map(\.source) == [.identity])
    let narrowed = try Self.verdict([Self.reads], session: [Self.writes])
    #expect(narrowed.deciding.map(\.source) == [.session])
    let allowed = try Self.verdict([Self.reads], session: [Self.reads])
    #expect(allowed.deciding.map(\.source) == [.identity, .session])
  }

  @Test("the JSON names the decider where there is one, and each statement with its conditions")
  func json() throws {
    let condition =
      #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"#
      + #""StringEquals":{"aws:PrincipalTag/kubernetes-namespace":"prod"}}}"#
    let denied = try Self.verdict([condition]).json
    #expect(denied["deciding"] == .null)
    let shown = denied["statements"]?[0]
    #expect(shown?["policy"] == "inline" && shown?["statement"] == "1")
    #expect(shown?["kind"] == "identity-based policy" && shown?["effect"] == "Allow")
    #expect(shown?["applies"] == false && shown?["mismatch"]?.string?.isEmpty == false)
    #expect(
      shown?["conditions"] == [
        [
          "operator": "StringEquals", "key": "aws:PrincipalTag/kubernetes-namespace",
          "wanted": ["prod"], "actual": ["default"], "holds": false,
        ]
      ])
    let allowed = try Self.verdict([Self.writes, Self.reads]).json
    #expect(allowed["deciding"] == ["policy": "inline", "statement": "Reads"])
    #expect(allowed["statements"]?[1]?["applies"] == true)
    #expect(allowed["statements"]?[1]?["mismatch"] == .null)
    #expect(allowed["hint"] == .null)
    let explicit = try Self.verdict([Self.reads, Self.denies]).json
    #expect(explicit["deciding"] == ["policy": "inline", "statement": "No"])
  }

  @Test("a Deny that cannot be evaluated denies, and its condition says so")
  func error() throws {
    let condition =
      #"{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"#
      + #""ArnLike":{"aws:PrincipalArn":"${aws:PrincipalAccount}"}}}"#
    let verdict = try Self.verdict([Self.reads, condition])
    #expect(!verdict.decision.isAllowed)
    #expect(verdict.deciding.map(\.reference.statement) == ["2"])
    let shown = verdict.json["statements"]?[1]
    #expect(verdict.json["deciding"] == ["policy": "inline", "statement": "2"])
    #expect(shown?["applies"] == true)
    #expect(shown?["mismatch"]?.string?.hasSuffix("a value of the policy is no ARN") == true)
    #expect(shown?["conditions"]?[0]?["error"] == true)
    #expect(shown?["conditions"]?[0]?["holds"] == false)
  }

  @Test("a session policy that cannot be read allows nothing, as on the server")
  func unreadable() throws {
    let verdict = try Self.verdict([Self.reads], session: ["{}"])
    #expect(!verdict.decision.isAllowed)
  }
}
