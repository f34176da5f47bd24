import HTTP
import JSON
import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// `podid events`: what all servers keep, in one order, and what follows.
@Suite(.timeLimit(.minutes(10))) struct EventsCommandTests {
  private static func event(
    _ service: String, _ number: Int, _ second: Int, _ outcome: String = "ok",
    origin: String = "app"
  ) -> String {
    #"{"number":\#(number),"time":"2026-11-24T10:00:0\#(second).000Z","service":"\#(service)","#
      + #""operation":"GetCredentials","outcome":"\#(outcome)","origin":"\#(origin)"}"# + "\n"
  }

  /// kubernetes-api is away; the others keep events, and tell of one more that happens.
  private static func stack() throws -> StandInStack {
    try StandInStack { call in
      switch call {
      case "GET /a/events?since=0":
        .text(
          200,
          event("aws-api", 1, 1) + event("aws-api", 2, 4)
            + event("aws-api", 3, 2, "failed", origin: "stack"))
      case "GET /n/events?since=0":
        .text(200, event("node-agent", 5, 3, "fault"))
      case "GET /a/events?follow=1&since=3": .text(200, event("aws-api", 4, 5))
      case "GET /n/events?follow=1&since=5":
        .text(200, event("node-agent", 6, 6, origin: "stack"))
      case "GET /api/v1/serviceaccounts":
        .json(200, ["items": [["metadata": ["namespace": "default", "name": "app"]]]])
      default: nil
      }
    }
  }

  private static let kept = [
    "10:00:01.000 aws-api GetCredentials ok", "10:00:03.000 node-agent GetCredentials fault",
    "10:00:04.000 aws-api GetCredentials ok",
  ]
  private static let away = "podid: kubernetes-api's admin port: there is none"

  @Test("apps' events of all servers are told by their times; a server that is away is named")
  func lists() async {
    await #expect(processExitsWith: .success) {
      let stack = try EventsCommandTests.stack()
      let all = try await Printed.by(.events, [], stack.environment)
      #expect(all.code == 0 && all.output == EventsCommandTests.kept)
      #expect(all.errors == [EventsCommandTests.away])
      let json = try await Printed.by(
        .events, ["--json", "--outcome", "fault"], stack.environment)
      #expect(json.output.count == 1 && json.output[0].hasPrefix(#"{"number":5,"#))
      let nobody = try await Printed.by(
        .events, ["--service-account", "apq"], stack.environment)
      #expect(nobody.isUsage && nobody.failure.contains(#", but "default/app""#))
    }
  }

  @Test("where nothing matches but the stack's own calls, it is said how they are shown")
  func own() async {
    await #expect(processExitsWith: .success) {
      let stack = try EventsCommandTests.stack()
      let hint = "podid: 1 of the stack's own calls match; --origin stack shows them"
      for (words, isHinted, failure) in [
        ([], true, ""), (["--count", "0"], false, ""),
        (["--count", "1"], true, "0 events match, not 1"), (["--origin", "all"], false, ""),
        (["--origin", "stack"], false, ""), (["--since", "2026-11-24T10:00:03Z"], false, ""),
        (["--count", "2..3"], true, "0 events match, not 2 to 3"),
      ] as [([String], Bool, String)] {
        let found = try await Printed.by(
          .events, ["--outcome", "failed"] + words, stack.environment)
        #expect(found.errors.contains(hint) == isHinted)
        #expect(found.failure == failure && (found.code == 0) == failure.isEmpty)
        #expect(found.output.isEmpty != ["all", "stack"].contains(words.last))
      }
    }
  }

  @Test("what is kept comes first, then each server goes on from its own last event")
  func follows() async {
    await #expect(processExitsWith: .success) {
      let stack = try EventsCommandTests.stack()
      let found = try await Printed.by(.events, ["--follow"], stack.environment)
      #expect(found.code == 0)
      #expect(
        found.output == EventsCommandTests.kept + ["10:00:05.000 aws-api GetCredentials ok"])
      #expect(found.errors == [EventsCommandTests.away])
      #expect(SignalWatch.course == .orderly)
      #expect(
        stack.calls.filter { $0.contains("follow") }.sorted() == [
          "GET /a/events?follow=1&since=3", "GET /k/events?follow=1&since=0",
          "GET /n/events?follow=1&since=5",
        ])
    }
  }
}
