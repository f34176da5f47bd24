import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// `podid wait`: what is waited for, what is told once it is so, and what when the time is over.
@Suite(.timeLimit(.minutes(10))) struct WaitCommandTests {
  @Test(
    "flags that say nothing of a condition, and conditions that are none, are wrong usage",
    arguments: [
      (["association", "--since", "5m"], "--since says nothing of association"),
      (["association", "--count", "2"], "--count says nothing of association"),
      (["pod", "a", "--service-account", "a"], "--service-account says nothing of pod"),
      (["pod", "a", "--role", "r"], "--role says nothing of pod"),
      (["refresh", "--role", "r"], "--role says nothing of refresh"),
      (["refresh", "--outcome", "ok"], "--outcome says nothing of refresh"),
      (["event", "--role", "r"], "--role says nothing of event"),
      (["pod"], "usage: podid wait association | pod [NS/]NAME | refresh | event"),
      (["association", "a"], "usage: podid wait association"), (["event", "a"], "usage: podid"),
      (["refresh", "a"], "usage: podid wait association"),
      (["event", "--timeout", "soon"], "--timeout must be a duration such as 30s, not \"soon\""),
      (["event", "--timeout", "0s"], "--timeout must be a duration such as 30s, not \"0s\""),
    ])
  func usage(words: [String], text: String) async throws {
    let context = try CommandContext.of(.wait, words, ["PODID_STACK": "/nonexistent"])
    let error = await #expect(throws: UsageError.self) { try await Command.wait.body(context) }
    #expect(error?.description.hasPrefix("podid wait: \(text)") == true)
  }

  @Test("each condition takes its own flags, and only then looks for a stack")
  func known() async throws {
    for words in [
      ["association", "--service-account", "a", "--role", "r"], ["pod", "a"],
      ["refresh", "--service-account", "a", "--since", "5m", "--count", "2"],
      ["event", "--outcome", "ok", "--operation", "x", "--origin", "all", "--timeout", "1ms"],
    ] {
      let context = try CommandContext.of(.wait, words, ["PODID_STACK": "/nonexistent"])
      await #expect(throws: CommandFailure.self) { try await Command.wait.body(context) }
    }
  }

  @Test("an association is waited for until EKS Auth sees it, of the role that is meant")
  func association() async {
    await #expect(processExitsWith: .success) {
      let asked = Mutex(0)
      let stack = try StandInStack { call in
        let path =
          "GET /a/visible-association?cluster=local&namespace=n%2Fs&serviceAccount=app"
          .replacing("n%2Fs", with: "shop")
        guard call == path else { return nil }
        let count = asked.withLock { count in
          count += 1
          return count
        }
        // Away, not visible yet, and then there.
        if count == 1 { return .text(503, "") }
        if count == 2 { return .json(200, [:]) }
        return .json(200, ["associationId": "a-1", "roleArn": "arn:r"])
      }
      let words = ["association", "--service-account", "shop/app"]
      let text = try await Printed.by(.wait, words, stack.environment)
      #expect(text.code == 0 && text.output == ["a-1  shop/app  arn:r"])
      #expect(asked.withLock { $0 } == 3)
      let role = words + ["--role", "arn:r", "--json"]
      let json = try await Printed.by(.wait, role, stack.environment)
      #expect(json.code == 0)
      #expect(
        try JSON.parse(json.output.joined()) == [
          "associationId": "a-1", "namespace": "shop", "serviceAccount": "app",
          "roleArn": "arn:r",
        ])
      for (words, text) in [
        (words + ["--role", "arn:other"], "EKS Auth sees arn:r as the role of shop/app"),
        (["association", "--service-account", "shop/none"], "aws-api's admin port: there is none"),
      ] {
        // On a machine that is busy the server itself may be late.
        var late = Printed()
        for _ in 0..<20 where late.failure != "\(text) after 1ms" {
          late = try await Printed.by(.wait, words + ["--timeout", "1ms"], stack.environment)
        }
        #expect(late.code == nil && !late.isUsage && late.output.isEmpty)
        #expect(late.failure == "\(text) after 1ms")
      }
      let unnamed = try await Printed.by(.wait, ["association"], stack.environment)
      #expect(unnamed.isUsage)
    }
  }

  @Test("a pod is waited for until it is Ready; where it is not, what keeps it is told")
  func pods() async {
    await #expect(processExitsWith: .success) {
      let stack = try StandInStack { call in
        let path = "GET /api/v1/namespaces/default/pods"
        func list(_ pods: [JSON]) -> HTTPResponse {
          .json(200, ["metadata": ["resourceVersion": "1"], "items": .array(pods)])
        }
        let ready: JSON = [
          "metadata": ["name": "web", "namespace": "default"],
          "status": ["conditions": [["type": "Ready", "status": "True"]]],
        ]
        if call.hasPrefix("\(path)?fieldSelector=metadata.name%3Dweb") { return list([ready]) }
        if call.hasPrefix("\(path)?") { return list([]) }
        if call.hasPrefix("GET /api/v1/namespaces/default/events?"), call.contains("%3Dslow") {
          return .json(200, ["items": [["message": "no token"]]])
        }
        return nil
      }
      let text = try await Printed.by(.wait, ["pod", "web"], stack.environment)
      #expect(text.code == 0 && text.output == ["pod default/web is Ready"])
      let json = try await Printed.by(.wait, ["pod", "web", "--json"], stack.environment)
      #expect(json.output == [#"{"namespace":"default","pod":"web","ready":true}"#])
      for (name, reason) in [
        ("slow", "no token"), ("none", "there may be no pod of that name"),
      ] {
        let words = ["pod", name, "--timeout", "1ms"]
        let late = try await Printed.by(.wait, words, stack.environment)
        #expect(late.code == nil)
        #expect(late.failure == "pod default/\(name) is not Ready after 1ms: \(reason)")
      }
    }
  }

  private static func event(_ server: String, _ number: Int, _ operation: String, _ outcome: String)
    -> String
  {
    #"{"number":\#(number),"time":"2026-11-24T10:00:0\#(number).000Z","service":"\#(server)","#
      + #""operation":"\#(operation)","outcome":"\#(outcome)","#
      + #""subject":{"namespace":"default","serviceAccount":"app"}}"# + "\n"
  }

  @Test("as many events as --count says are waited for, those of a refresh being fetches that work")
  func events() async {
    await #expect(processExitsWith: .success) {
      let stack = try StandInStack { call in
        if call.hasPrefix("GET /n/events?") {
          return .text(
            200,
            WaitCommandTests.event("node-agent", 1, "GetCredentials", "ok")
              + WaitCommandTests.event("node-agent", 2, "GetCredentials", "fault")
              + WaitCommandTests.event("node-agent", 3, "GetCredentials", "ok"))
        }
        if call.contains("/events?") { return .text(200, "") }
        if call.hasSuffix("/faults") { return .json(200, ["operations": [], "outcomes": []]) }
        if call == "GET /api/v1/serviceaccounts" {
          return .json(200, ["items": [["metadata": ["namespace": "default", "name": "apq"]]]])
        }
        return nil
      }
      let since = ["--since", "2026-11-24T10:00:00Z"]
      let two = ["refresh", "--count", "2"] + since
      let refresh = try await Printed.by(.wait, two, stack.environment)
      #expect(refresh.code == 0)
      #expect(
        refresh.output == [
          "10:00:01.000 node-agent GetCredentials default/app ok",
          "10:00:03.000 node-agent GetCredentials default/app ok",
        ])
      let any = ["event", "--count", "1", "--outcome", "fault"] + since
      let event = try await Printed.by(.wait, any, stack.environment)
      #expect(event.output == ["10:00:02.000 node-agent GetCredentials default/app fault"])
      let many = ["refresh", "--count", "3", "--timeout", "300ms"] + since
      let late = try await Printed.by(.wait, many, stack.environment)
      #expect(late.code == nil && late.failure == "2 of 3 events after 300ms")
      // Of now on: none. The account that is waited for may have been misspelt.
      let now = ["refresh", "--service-account", "apr", "--timeout", "300ms"]
      let none = try await Printed.by(.wait, now, stack.environment)
      #expect(
        none.failure == "0 of 1 events after 300ms (from now on; --since D counts those before); "
          + "podid wait: there is no ServiceAccount \"default/apr\", but \"default/apq\"; "
          + "kubectl get serviceaccounts -A lists all")
      let stranger = try await Printed.by(
        .wait, ["event", "--operation", "GetCredential"], stack.environment)
      #expect(stranger.isUsage)
    }
  }
}
