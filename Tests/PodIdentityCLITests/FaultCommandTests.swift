import HTTP
import JSON
import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// `podid fault`: which servers are told what.
@Suite(.timeLimit(.minutes(10))) struct FaultCommandTests {
  private static func stack() throws -> StandInStack {
    try StandInStack { call in
      let operations = [
        "k": "TokenRequest", "a": "AssumeRoleForPodIdentity", "n": "GetCredentials",
      ]
      for (name, operation) in operations {
        if call == "GET /\(name)/faults" {
          let ids = ["k": ["x"], "a": ["x/y", "z"], "n": ["x"]][name] ?? []
          return .json(
            200,
            [
              "operations": [.string(operation)], "actions": ["hang", "error"],
              "faults": .array(ids.map { ["id": .string($0), "action": "hang"] }),
            ])
        }
        if call.hasPrefix("DELETE /\(name)/faults") { return .json(200, [:]) }
        if call.hasPrefix("POST /\(name)/faults ") {
          if call.contains("wrong") { return .json(400, ["message": "status is wrong"]) }
          if call.contains("busy") { return .json(503, ["message": "not now"]) }
          return .json(201, ["id": "f1", "action": "hang"])
        }
      }
      return nil
    }
  }

  @Test("faults are listed with their servers; --json also tells what can be made to fail")
  func lists() async {
    await #expect(processExitsWith: .success) {
      let stack = try FaultCommandTests.stack()
      let text = try await Printed.by(.fault, ["list"], stack.environment)
      #expect(text.code == 0)
      #expect(
        text.output == [
          "kubernetes-api  id=x action=hang", "aws-api  id=x/y action=hang",
          "aws-api  id=z action=hang", "node-agent  id=x action=hang",
        ])
      let json = try await Printed.by(.fault, ["list", "--json"], stack.environment)
      let found = try JSON.parse(json.output.joined())
      #expect(json.output.count == 1)
      #expect(found.object?.map(\.name) == ["kubernetes-api", "aws-api", "node-agent"])
      #expect(found["aws-api"]?["operations"] == ["AssumeRoleForPodIdentity"])
      #expect(found["node-agent"]?["faults"]?[0]?["id"] == "x")
    }
  }

  @Test(
    "a fault is cleared wherever one of its id is, all are without an id, and a stranger is told")
  func clears() async {
    await #expect(processExitsWith: .success) {
      for (words, writes) in [
        (["clear", "x"], ["DELETE /k/faults/x", "DELETE /n/faults/x"]),
        (["clear", "--id", "z"], ["DELETE /a/faults/z"]),
        (["clear", "x/y"], ["DELETE /a/faults/x%2Fy"]),
        (["clear"], ["DELETE /k/faults", "DELETE /a/faults", "DELETE /n/faults"]),
      ] {
        let stack = try FaultCommandTests.stack()
        let found = try await Printed.by(.fault, words, stack.environment)
        #expect(found.code == 0 && stack.writes == writes)
        // What is left is listed.
        #expect(found.output.count == 4)
      }
      let stack = try FaultCommandTests.stack()
      let none = try await Printed.by(.fault, ["clear", "none"], stack.environment)
      #expect(none.failure == "there is no fault none; see podid fault list" && !none.isUsage)
      for words in [
        ["clear", "--nth", "1"], ["clear", "--service-account", "a"], ["clear", "--server", "x"],
        ["clear", "x", "--id", "y"], ["clear", "x", "y"], ["list", "x"], ["add"],
      ] {
        let wrong = try await Printed.by(.fault, words, stack.environment)
        #expect(wrong.isUsage && wrong.failure.hasPrefix("podid fault: "))
      }
      #expect(stack.writes.isEmpty)
    }
  }

  @Test("a fault is added at the server of its operation; what is refused is told as it is")
  func adds() async {
    await #expect(processExitsWith: .success) {
      for (words, write) in [
        (["hang"], #"POST /n/faults {"action":"hang","operation":"GetCredentials"}"#),
        (
          ["hang", "--operation", "TokenRequest"],
          #"POST /k/faults {"action":"hang","operation":"TokenRequest"}"#
        ),
        (["hang", "--server", "aws-api"], #"POST /a/faults {"action":"hang"}"#),
      ] {
        let stack = try FaultCommandTests.stack()
        let found = try await Printed.by(.fault, ["add"] + words, stack.environment)
        #expect(found.code == 0 && stack.writes == [write])
        #expect(found.output.count == 1 && found.output[0].hasSuffix("  id=f1 action=hang"))
      }
      let stack = try FaultCommandTests.stack()
      let json = try await Printed.by(.fault, ["add", "hang", "--json"], stack.environment)
      #expect(json.output == [#"{"id":"f1","action":"hang"}"#])
      for (id, isUsage, text) in [
        ("wrong", true, "podid fault: node-agent's admin port: status is wrong"),
        ("busy", false, "node-agent's admin port: not now"),
      ] {
        let words = ["add", "hang", "--id", id]
        let refused = try await Printed.by(.fault, words, stack.environment)
        #expect(refused.code == nil && refused.isUsage == isUsage && refused.failure == text)
      }
      let words = ["add", "hang", "--server", "aws"]
      let nowhere = try await Printed.by(.fault, words, stack.environment)
      #expect(nowhere.isUsage && nowhere.failure.contains("there is no server"))
    }
  }
}
