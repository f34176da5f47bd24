import HTTP
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// `podid seed` and `podid reset`.
@Suite(.timeLimit(.minutes(10))) struct SeedCommandTests {
  private static func stack(agent: Bool) throws -> StandInStack {
    let made = Mutex(false)
    return try StandInStack { call in
      let path = "/api/v1/namespaces/default/configmaps"
      if call.hasPrefix("POST \(path) ") {
        made.withLock { $0 = true }
        return .json(201, ["metadata": ["name": "m", "resourceVersion": "1"]])
      }
      if call == "GET \(path)/m" || call.hasPrefix("PATCH \(path)/m ") {
        let isMade = made.withLock { $0 }
        return isMade ? .json(200, ["metadata": ["name": "m", "resourceVersion": "1"]]) : nil
      }
      if call == "GET /n/healthz", agent {
        return .json(200, ["service": "node-agent", "pid": 5])
      }
      if call.hasPrefix("GET /api/v1/nodes?") {
        let conditions: JSON = [["type": "Ready", "status": "True"]]
        let node: JSON = [
          "metadata": ["name": "local-node"], "status": ["conditions": conditions],
        ]
        return .json(200, ["metadata": ["resourceVersion": "1"], "items": [node]])
      }
      return call.hasPrefix("POST /") ? .json(200, [:]) : nil
    }
  }

  private static let seed = [
    "kubernetes/m.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\n  namespace: default\n"
  ]

  @Test("each object of a seed is a line, and what the agent keeps is forgotten where it runs")
  func seeds() async {
    await #expect(processExitsWith: .success) {
      let folder = try Scratch.folder(SeedCommandTests.seed)
      for hasAgent in [true, false] {
        let stack = try SeedCommandTests.stack(agent: hasAgent)
        let first = try await Printed.by(.seed, [folder], stack.environment)
        #expect(first.code == 0 && first.failure.isEmpty && first.errors.isEmpty)
        #expect(first.output.count == 1 && first.output[0].hasPrefix("created  "))
        #expect(stack.writes.contains("POST /n/flush") == hasAgent)
        #expect(!stack.writes.contains("POST /a/flush"))
        let again = try await Printed.by(.seed, [folder], stack.environment)
        #expect(again.output.count == 1 && again.output[0].hasPrefix("unchanged  "))
      }
    }
  }

  @Test("a folder that holds no seed is told, and one that is not there is an error")
  func empty() async {
    await #expect(processExitsWith: .success) {
      let stack = try SeedCommandTests.stack(agent: true)
      let folder = try Scratch.folder()
      let found = try await Printed.by(.seed, [folder], stack.environment)
      #expect(found.code == 0 && found.output.isEmpty)
      #expect(
        found.errors == [
          "podid: nothing is in \(folder): a seed holds kubernetes/, aws/, s3/ and faults.yaml"
        ])
      let none = try await Printed.by(.seed, ["\(folder)/none"], stack.environment)
      #expect(none.code == nil && !none.failure.isEmpty)
    }
  }

  @Test("a reset asks every server, then seeds again; a broken seed resets nothing")
  func resets() async {
    await #expect(processExitsWith: .success) {
      let folder = try Scratch.folder(SeedCommandTests.seed)
      let stack = try SeedCommandTests.stack(agent: true)
      let found = try await Printed.by(.reset, ["--seed", folder], stack.environment)
      #expect(found.code == 0 && found.failure.isEmpty)
      #expect(
        found.output.count == 1
          && found.output[0].hasPrefix("The stack is as new. Seed: ")
          && found.output[0].hasSuffix(" (\(folder))."))
      #expect(
        Array(stack.writes.prefix(3)) == ["POST /k/reset", "POST /a/reset", "POST /n/reset"])
      #expect(stack.writes.count == 4)
      #expect(stack.calls.contains { $0.hasPrefix("GET /api/v1/nodes?") })
      let other = try SeedCommandTests.stack(agent: true)
      let broken = try await Printed.by(.reset, ["--seed", "\(folder)/none"], other.environment)
      #expect(broken.code == nil && other.writes.isEmpty)
    }
  }
}
