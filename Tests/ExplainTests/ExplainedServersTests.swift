import JSON
import Platform
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says of servers that do not answer, or not with the same time.
@Suite(.timeLimit(.minutes(10))) struct ExplainedServersTests {
  private static let names = ["kubernetes-api", "aws-api", "node-agent"]

  private func servers(
    _ answering: [String], pid: Int64 = 0, isOwn: Bool = true
  ) async throws -> ExplainStep? {
    var stack = ServedStack()
    for name in answering {
      stack.answers["GET /\(name)/healthz"] = ["service": .string(name), "pid": .integer(pid)]
    }
    stack.isOwn = isOwn
    return try await stack.stop { explainer throws(ExplainStop) in
      try await explainer.servers()
    }
  }

  @Test("all that answer as the stack's own are well")
  func well() async throws {
    #expect(try await servers(Self.names) == nil)
    // Elsewhere the numbers of processes mean something else.
    #expect(try await servers(Self.names, pid: 7, isOwn: false) == nil)
  }

  @Test("another process that answers has taken an old stack's place")
  func another() async throws {
    let step = try await servers(Self.names, pid: 7)
    #expect(step?.text.contains("answers as kubernetes-api; the stack file is an old one") == true)
    #expect(step?.mend?.text.hasPrefix("rm '/stack.json' && podid up --detach ") == true)
  }

  @Test("who is silent is named, and all of them are a stack that does not run")
  func silent() async throws {
    let one = try await servers(["kubernetes-api", "aws-api"])
    #expect(one?.text.hasPrefix("node-agent does not answer at http://127.0.0.1:") == true)
    #expect(one?.mend?.text.hasPrefix("podid down && podid up --detach ") == true)
    let two = try await servers(["aws-api"])
    #expect(two?.text.hasPrefix("kubernetes-api and node-agent does not answer") == true)
    let none = try await servers([])
    #expect(none?.text == "no server of /stack.json runs")
    #expect(none?.mend?.text.hasPrefix("podid up --detach ") == true)
    let elsewhere = try await servers(["kubernetes-api", "aws-api"], isOwn: false)
    #expect(elsewhere?.mend?.text == "docker compose up -d node-agent")
  }

  private func clocks(
    _ seconds: [String: Int64]
  ) async throws -> (step: ExplainStep?, warnings: [String], offset: Duration) {
    var stack = ServedStack()
    for (name, offset) in seconds {
      stack.answers["GET /\(name)/clock"] = ["offsetSeconds": .integer(offset)]
    }
    return try await stack.walk { explainer in
      do throws(ExplainStop) { try await explainer.clocks() } catch {
        return (error.step, [], .zero)
      }
      return (nil, explainer.warnings.map(\.text), explainer.clockOffset)
    }
  }

  @Test("clocks that are moved by the same are warned of, by different times they stop the walk")
  func clocks() async throws {
    let still = try await clocks(["kubernetes-api": 0, "aws-api": 0, "node-agent": 0])
    #expect(still.step == nil && still.warnings.isEmpty && still.offset == .zero)
    let moved = try await clocks(["kubernetes-api": 90, "aws-api": 90, "node-agent": 90])
    #expect(moved.step == nil && moved.offset == .seconds(90))
    #expect(moved.warnings.first?.hasPrefix("all servers' clocks are moved by 90 s;") == true)
    let apart = try await clocks(["kubernetes-api": 0, "aws-api": 90, "node-agent": 90])
    #expect(
      apart.step?.text
        == "the servers' clocks are moved, not all by the same: kubernetes-api 0 s, aws-api 90 s, "
        + "node-agent 90 s")
    #expect(apart.step?.mend?.text == "podid clock reset")
  }

  @Test("what a command would lose is said of an ephemeral stack alone")
  func loss() async throws {
    for (state, isLost) in [("/tmp/podid-x/state", true), ("/home/state", false)] {
      var stack = ServedStack()
      stack.file["state"] = .string(state)
      try await stack.walk { explainer in
        #expect(await !explainer.run())
        #expect(explainer.steps.map(\.hop) == ["servers"])
        #expect(explainer.steps.first?.text.hasSuffix("is lost by the command") == isLost)
      }
    }
  }

  @Test("a fault that is set is warned of, one that is spent is not")
  func faults() async throws {
    var stack = ServedStack()
    for name in Self.names {
      stack.answers["GET /\(name)/healthz"] = ["service": .string(name), "pid": 0]
    }
    stack.answers["GET /aws-api/faults"] = [
      "faults": [
        ["id": "f1", "action": "error", "code": "X", "met": 0],
        ["id": "f2", "action": "error", "code": "Y", "met": 1, "count": 1],
      ]
    ]
    stack.events["aws-api"] = [
      [
        "time": .string(SystemClock().now.rfc3339Milli), "operation": "PutObject",
        "caller": "arn:aws:iam::111122223333:root",
      ]
    ]
    stack.events["node-agent"] = [
      [
        "time": .string(SystemClock().now.rfc3339Milli), "operation": "GetCredentials",
        "outcome": "403", "reason": "why",
        "subject": ["namespace": "default", "serviceAccount": "app"],
      ]
    ]
    try await stack.walk { explainer in
      #expect(await !explainer.run())
      #expect(explainer.steps.map(\.hop) == ["namespace"])
      #expect(explainer.warnings.map(\.hop) == ["fault", "events", "root calls"])
      #expect(explainer.warnings.first?.mend?.text == "podid fault clear f1")
    }
  }
}
