import Glibc
import HTTP
import JSON
import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// `podid status`: a row a hop, and what is wrong with it.
@Suite(.timeLimit(.minutes(10))) struct StatusCommandTests {
  private static func healthy(_ pids: [Int64] = [4001, 4002, 4003]) -> [String: JSON] {
    var answers: [String: JSON] = [
      "GET /clusters/local": ["cluster": ["name": "local"]],
      "GET /api/v1/nodes/local-node": [
        "status": ["conditions": [["type": "Ready", "status": "True"]]]
      ],
    ]
    for (index, (name, service)) in [
      ("k", "kubernetes-api"), ("a", "aws-api"), ("n", "node-agent"),
    ].enumerated() {
      answers["GET /\(name)/healthz"] = [
        "service": .string(service), "pid": .integer(pids[index]),
      ]
      answers["GET /\(name)/faults"] = ["faults": []]
      answers["GET /\(name)/clock"] = ["offsetSeconds": 0]
    }
    return answers
  }

  @Test("each hop is a row with its address; where all are well, the exit code is 0")
  func well() async {
    await #expect(processExitsWith: .success) {
      let stack = try StandInStack(StatusCommandTests.healthy())
      let text = try await Printed.by(.status, [], stack.environment)
      #expect(text.code == 0 && text.errors.isEmpty && text.failure.isEmpty)
      let names = [
        ("kubernetes-api", stack.url), ("aws-api", stack.url),
        ("node-agent", "\(stack.url)/v1/credentials"),
        ("EKS answers for the cluster", stack.url),
        ("node local-node is registered", stack.url),
      ]
      #expect(
        text.output
          == names.map { name, url in
            "✓ \(name)\(String(repeating: " ", count: 32 - name.count))\(url)"
          })
      let json = try await Printed.by(.status, ["--json"], stack.environment)
      #expect(
        try JSON.parse(json.output.joined(separator: "\n"))
          == .array(
            names.map {
              [
                "hop": .string($0.0), "url": .string($0.1), "healthy": true, "problem": .null,
              ]
            }))
      #expect(json.code == 0)
    }
  }

  @Test("what is wrong is told in its row, and what makes a stack odd below; the exit code is 1")
  func unwell() async {
    await #expect(processExitsWith: .success) {
      var answers = StatusCommandTests.healthy()
      answers["GET /a/healthz"] = nil
      answers["GET /a/faults"] = ["faults": [["id": "away", "action": "hang"]]]
      answers["GET /n/faults"] = ["faults": [["id": "f1", "action": "hang"]]]
      answers["GET /clusters/local"] = nil
      answers["GET /api/v1/nodes/local-node"] = [
        "spec": ["unschedulable": true],
        "status": ["conditions": [["type": "Ready", "status": "True"]]],
      ]
      let stack = try StandInStack(answers)
      let json = try await Printed.by(.status, ["--json"], stack.environment)
      let rows = try JSON.parse(json.output.joined(separator: "\n")).array ?? []
      #expect(rows.map { $0["healthy"] } == [true, false, true, false, false])
      #expect(rows.count == 5 && json.code == 1)
      #expect(rows[1]["problem"] == "not running")
      #expect(rows[3]["problem"]?.string?.contains("there is none") == true)
      #expect(
        rows[4]["problem"]
          == "it takes no new pods (cordoned); kubectl uncordon local-node")
      let text = try await Printed.by(.status, [], stack.environment)
      #expect(text.code == 1 && text.output.count == 6)
      #expect(text.output[1].hasPrefix("✗ aws-api ") && text.output[1].hasSuffix("  not running"))
      // A server that does not answer is not asked for more.
      #expect(
        text.output.last
          == "! node-agent has a fault set: id=f1 action=hang  (podid fault clear f1)")
      #expect(!stack.calls.contains("GET /a/faults"))
      answers["GET /api/v1/nodes/local-node"] = nil
      let other = try StandInStack(answers)
      let away = try await Printed.by(.status, [], other.environment)
      #expect(away.output[4].hasSuffix("there is none"))
    }
  }

  @Test("on this machine, what answers must be the process that the stack file names")
  func processes() async {
    await #expect(processExitsWith: .success) {
      let own = Int64(getpid())
      let stack = try StandInStack(StatusCommandTests.healthy([4001, 4_194_303, own]))
      let path = try stack.file([4000, 4_194_303, own])
      let environment = ["XDG_STATE_HOME": "\(stack.folder)/home"]
      let json = try await Printed.by(.status, ["--json", "--stack", path], environment)
      let rows = try JSON.parse(json.output.joined(separator: "\n")).array ?? []
      try #require(rows.count == 5)
      #expect(rows[0]["problem"] == "another process answers")
      #expect(rows[1]["problem"] == "there is no process 4194303")
      #expect(
        rows[2]["problem"]?.string?.hasSuffix("which is no node-agent of this podid") == true)
      #expect(rows[3]["healthy"] == true && rows[4]["healthy"] == true && json.code == 1)
    }
  }
}
