import HTTP
import JSON
import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// `podid can`, `podid explain` and `podid callers`: what they print, and their exit codes.
@Suite(.timeLimit(.minutes(10))) struct JudgementCommandTests {
  private static let role = "arn:aws:iam::111122223333:role/app"

  private static func stack() throws -> StandInStack {
    try StandInStack { call in
      let associations = "GET /clusters/local/pod-identity-associations"
      let trust = PercentEncoding.encode(
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"#
          + #""pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#)
      let policy = PercentEncoding.encode(
        #"{"Version":"2012-10-17","Statement":[{"Sid":"Get","Effect":"Allow","Action":"#
          + #""s3:GetObject","Resource":"*"},{"Sid":"No","Effect":"Deny","Action":"s3:PutObject","#
          + #""Resource":"*"}]}"#)
      switch call {
      case "\(associations)?namespace=default&serviceAccount=app":
        return .json(200, ["associations": [["associationId": "a-1"]]])
      case "\(associations)/a-1":
        return .json(200, ["association": ["associationId": "a-1", "roleArn": .string(role)]])
      default: break
      }
      if call.hasPrefix(associations) { return .json(200, ["associations": []]) }
      guard call.hasPrefix("POST / ") else { return nil }
      if call.contains("Action=GetRole&") {
        return .text(
          200,
          "<R><Arn>\(role)</Arn><RoleId>AROA</RoleId><AssumeRolePolicyDocument>\(trust)"
            + "</AssumeRolePolicyDocument></R>")
      }
      if call.contains("Action=ListRolePolicies&") {
        return .text(200, "<R><member>p</member></R>")
      }
      if call.contains("Action=GetRolePolicy&") {
        return .text(200, "<R><PolicyDocument>\(policy)</PolicyDocument></R>")
      }
      return nil
    }
  }

  @Test("can says what decides: 0 where it is allowed, 1 where not, with the statements")
  func can() async {
    await #expect(processExitsWith: .success) {
      let stack = try JudgementCommandTests.stack()
      func can(_ words: [String]) async throws -> Printed {
        try await Printed.by(
          .can, ["--service-account", "app"] + words, stack.environment)
      }
      let object = "arn:aws:s3:::bucket/key"
      let allowed = try await can(["s3:GetObject", object])
      #expect(allowed.code == 0 && allowed.failure.isEmpty)
      #expect(allowed.output.first?.hasPrefix("✓ ") == true)
      // What allows it is in the first line.
      #expect(!allowed.output.contains { $0.contains("(Allow)") })
      let denied = try await can(["s3:PutObject", object])
      #expect(denied.code == 1 && denied.output.first?.hasPrefix("✗ ") == true)
      #expect(denied.output.contains { $0.hasSuffix("(Deny): it applies") })
      let silent = try await can(["s3:ListBucket", "arn:aws:s3:::bucket"])
      #expect(silent.code == 1 && silent.output.first?.hasPrefix("✗ ") == true)
      let json = try await can(["--json", "s3:GetObject", object])
      let verdict = try JSON.parse(json.output.joined(separator: "\n"))
      #expect(json.code == 0 && verdict["role"] == .string(JudgementCommandTests.role))
      let nobody = try await Printed.by(
        .can, ["--service-account", "other", "s3:GetObject", "*"], stack.environment)
      #expect(nobody.failure.hasPrefix("default/other has no role; podid explain "))
      for words in [
        ["s3", "*"], ["s3:a:b", "*"], ["s3:GetObject", "bucket"], ["s3:GetObject", "arn"],
        ["--context", "x", "s3:GetObject", "*"],
      ] {
        let wrong = try await can(words)
        #expect(wrong.isUsage && wrong.failure.hasPrefix("podid can: "))
      }
    }
  }

  @Test("explain prints a line a hop, warnings, and what mends them; 1 where a hop fails")
  func explain() async {
    await #expect(processExitsWith: .success) {
      let stack = try StandInStack([
        "GET /n/faults": ["faults": [["id": "f1", "action": "hang"]]],
        "GET /k/faults": ["faults": []], "GET /a/faults": ["faults": []],
        "GET /k/healthz": ["service": "kubernetes-api", "pid": 4001],
        "GET /a/healthz": ["service": "aws-api", "pid": 4002],
        "GET /n/healthz": ["service": "node-agent", "pid": 4003],
      ])
      let words = ["--service-account", "app"]
      let json = try await Printed.by(.explain, words + ["--json"], stack.environment)
      let found = try JSON.parse(json.output.joined(separator: "\n"))
      #expect(json.code == 1 && found["ok"] == false)
      let (steps, warnings) = (found["steps"]?.array ?? [], found["warnings"]?.array ?? [])
      #expect(!steps.isEmpty && !warnings.isEmpty)
      let text = try await Printed.by(.explain, words, stack.environment)
      #expect(text.code == 1)
      #expect(text.output.count { $0.hasPrefix("✗ ") } > 0)
      #expect(
        text.output.count { $0.hasPrefix("✗ ") || $0.hasPrefix("✓ ") } == steps.count)
      #expect(text.output.count { $0.hasPrefix("! ") } == warnings.count)
      #expect(text.output.contains { $0.contains("node-agent has a fault set: id=f1") })
      #expect(text.output.contains("  mend it: podid fault clear f1"))
    }
  }

  @Test("callers tells the calls of apps; one otherwise than as the rule wants is an error")
  func callers() async {
    await #expect(processExitsWith: .success) {
      func event(_ number: Int, _ caller: String) -> String {
        #"{"service":"aws-api","number":\#(number),"time":"2026-11-24T10:00:0\#(number).000Z","#
          + #""operation":"GetObject","caller":"\#(caller)","outcome":"ok"}"# + "\n"
      }
      let text =
        event(1, "arn:aws:iam::1:root") + event(2, "arn:aws:sts::1:assumed-role/app/s")
        + event(3, "arn:aws:iam::1:root")
      let stack = try StandInStack { call in
        call == "GET /a/events?since=0" ? .text(200, text) : nil
      }
      let all = try await Printed.by(.callers, [], stack.environment)
      #expect(all.code == 0)
      #expect(
        all.output == [
          "  GetObject as the account's root, 2 times, first at 2026-11-24T10:00:01.000Z",
          "  GetObject as role app, once, first at 2026-11-24T10:00:02.000Z",
        ])
      let role = try await Printed.by(.callers, ["--only-role", "app"], stack.environment)
      #expect(role.output == [all.output[0]] && role.code == nil && !role.isUsage)
      #expect(role.failure.hasPrefix("AWS was called otherwise than as "))
      let late = try await Printed.by(
        .callers, ["--only-role", "app", "--since", "2026-11-24T10:00:04Z"], stack.environment)
      #expect(late.code == 0 && late.output.isEmpty)
      let json = try await Printed.by(.callers, ["--json"], stack.environment)
      let calls = try JSON.parse(json.output.joined(separator: "\n"))
      #expect(
        calls[0] == [
          "operation": "GetObject", "caller": "arn:aws:iam::1:root",
          "principal": "the account's root", "count": 2, "first": "2026-11-24T10:00:01.000Z",
        ])
      #expect(calls.array?.count == 2 && json.code == 0)
      let away = try await Printed.by(.callers, [], try StandInStack([:]).environment)
      #expect(away.code == nil)
    }
  }
}
