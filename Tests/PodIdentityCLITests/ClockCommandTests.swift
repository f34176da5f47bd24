import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// `podid clock`: all servers' clocks together, and what apps make of it.
@Suite(.timeLimit(.minutes(10))) struct ClockCommandTests {
  private static func stack(held: [JSON] = [], pods: [String] = []) throws -> StandInStack {
    try StandInStack { call in
      for (name, offset) in [("k", 60), ("a", 90), ("n", 0)] {
        if call == "GET /\(name)/clock" {
          return .json(
            200,
            ["now": .string("2026-11-24T10:00:00Z"), "offsetSeconds": .integer(Int64(offset))])
        }
        if call.hasPrefix("PUT /\(name)/clock ") { return .json(200, [:]) }
      }
      if call == "GET /n/held-credentials" { return .json(200, ["credentials": .array(held)]) }
      return pods.contains { call.hasSuffix("/pods/\($0)") } ? .json(200, [:]) : nil
    }
  }

  @Test("clocks are shown, moved on from the one that is furthest, and set back, all alike")
  func moves() async {
    await #expect(processExitsWith: .success) {
      for (words, seconds) in [
        (["show"], nil), (["advance", "10s"], "100.0"), (["advance", "1m"], "150.0"),
        (["reset"], "0.0"),
      ] as [([String], String?)] {
        let stack = try ClockCommandTests.stack()
        let found = try await Printed.by(.clock, words, stack.environment)
        #expect(found.code == 0 && found.errors.isEmpty)
        #expect(
          found.output == [
            "kubernetes-api  2026-11-24T10:00:00Z  (offset 60 s)",
            "aws-api  2026-11-24T10:00:00Z  (offset 90 s)",
            "node-agent  2026-11-24T10:00:00Z  (offset 0 s)",
          ])
        let writes = ["k", "a", "n"].map { name in
          seconds.map { #"PUT /\#(name)/clock {"offsetSeconds":\#($0)}"# }
        }
        #expect(stack.writes == writes.compactMap { $0 })
      }
      let stack = try ClockCommandTests.stack()
      let json = try await Printed.by(.clock, ["show", "--json"], stack.environment)
      let states = try JSON.parse(json.output.joined(separator: "\n")).array ?? []
      #expect(states.count == 3)
      #expect(
        states.first == [
          "service": "kubernetes-api", "now": "2026-11-24T10:00:00Z", "offsetSeconds": 60,
        ])
      for words in [["advance"], ["advance", "soon"], ["show", "1s"], ["reset", "1s"]] {
        let wrong = try await Printed.by(.clock, words, stack.environment)
        #expect(wrong.isUsage && wrong.failure.hasPrefix("podid clock: "))
      }
      #expect(stack.writes.isEmpty)
    }
  }

  private static func held(_ pod: String, _ expires: Instant) -> JSON {
    ["namespace": "n", "pod": .string(pod), "expiration": .string(expires.rfc3339Milli)]
  }

  @Test("pods that still run, whose SDKs take what is over for good, are told")
  func warns() async {
    await #expect(processExitsWith: .success) {
      let now = SystemClock().now
      let held = [
        ClockCommandTests.held("web", now + .seconds(20 * 60)),
        ClockCommandTests.held("gone", now + .seconds(20 * 60)),
        ClockCommandTests.held("worker", now + .seconds(50 * 60)),
        ClockCommandTests.held("later", now + .seconds(9 * 3600)),
      ]
      let stack = try ClockCommandTests.stack(held: held, pods: ["web", "worker", "later"])
      let found = try await Printed.by(.clock, ["advance", "1h"], stack.environment)
      #expect(found.code == 0 && found.output.count == 3 && found.errors.count == 1)
      #expect(
        found.errors.first?.hasPrefix(
          "podid clock: n/web and 1 more hold credentials that are over now, while the SDK takes "
            + "them for good by its own clock for another 35 min: its calls get ExpiredToken.")
          == true)
      let short = try await Printed.by(.clock, ["advance", "1m"], stack.environment)
      #expect(short.errors.isEmpty)
    }
  }

  @Test("credentials are late where they are over by the stack's clock and SDKs do not renew soon")
  func late() {
    let now = Instant(seconds: 1_000_000)
    let offset = Duration.seconds(3600)
    for (seconds, isLate) in [
      (15 * 60, false), (15 * 60 + 1, true), (3600, true), (3601, false), (0, false),
    ] as [(Int64, Bool)] {
      let answer: JSON = ["credentials": [Self.held("p", now + .seconds(seconds))]]
      let late = HeldCredentials(answer).late(now: now, offset: offset)
      #expect(late.count == (isLate ? 1 : 0), "\(seconds)")
      #expect(late.values.allSatisfy { $0.path == "/api/v1/namespaces/n/pods/p" })
    }
    // Of several of a pod the last counts; what is not whole is passed over.
    let several: JSON = [
      "credentials": [
        Self.held("p", now + .seconds(1800)), Self.held("p", now + .seconds(7200)),
        Self.held("p", now + .seconds(1900)), ["pod": "x"],
        ["namespace": "n", "pod": "x", "expiration": "soon"],
      ]
    ]
    #expect(HeldCredentials(several).late(now: now, offset: offset).isEmpty)
    #expect(HeldCredentials(several).late(now: now, offset: .seconds(7200)).count == 1)
    #expect(HeldCredentials(nil).late(now: now, offset: offset).isEmpty)
  }
}
