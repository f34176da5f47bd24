import Glibc
import HTTP
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// `podid run`, `env` and `shell` as a pod: which pod is taken, and what is left of it.
@Suite(.timeLimit(.minutes(10))) struct RunCommandTests {
  private static let path = "/api/v1/namespaces/default/pods"

  private static func pod(_ name: String, account: String = "app", isOurs: Bool = true) -> JSON {
    [
      "metadata": [
        "name": .string(name), "namespace": "default", "uid": "u", "resourceVersion": "1",
        "labels": isOurs ? ["app.kubernetes.io/managed-by": "podid"] : [:],
      ],
      "spec": [
        "serviceAccountName": .string(account), "nodeName": "local-node",
        "containers": [["name": "app", "env": [["name": "COLOUR", "value": "blue"]]]],
      ],
      "status": ["conditions": [["type": "Ready", "status": "True"]]],
    ]
  }

  /// A cluster with the pods `web`, of the account, and `other`, of another.
  private static func stack(refusal: Int? = nil, isReady: Bool = true) throws -> StandInStack {
    try StandInStack { call in
      if call == "GET \(path)/web" { return .json(200, pod("web")) }
      if call == "GET \(path)/theirs" { return .json(200, pod("theirs", isOurs: false)) }
      if call == "GET \(path)/other" { return .json(200, pod("other", account: "other")) }
      if call.hasPrefix("POST \(path) ") {
        guard let refusal else { return .json(201, pod("made")) }
        return .json(refusal, ["kind": "Status", "message": "not allowed"])
      }
      if call == "GET /api/v1/serviceaccounts" {
        return .json(200, ["items": [["metadata": ["namespace": "default", "name": "apq"]]]])
      }
      if call.contains("watch=") { return .text(200, "") }
      if call.hasPrefix("GET \(path)?") {
        var found = pod(call.contains("%3Dweb") ? "web" : "made").object ?? [:]
        if !isReady {
          found["status"] = [
            "conditions": [
              ["type": "PodScheduled", "status": "False", "message": "0/1 nodes are there"]
            ]
          ]
        }
        return .json(200, ["metadata": ["resourceVersion": "1"], "items": [.object(found)]])
      }
      return call.hasPrefix("DELETE ") ? .json(200, [:]) : nil
    }
  }

  private static func run(
    _ words: [String], _ stack: StandInStack, _ text: String = "echo $COLOUR-$AWS_REGION; exit 7"
  ) async throws -> Printed {
    try await Printed.by(
      .run, ["--service-account", "app"] + words + ["--", "sh", "-c", text],
      stack.environment.merging(["PATH": "/usr/bin:/bin", "AWS_PROFILE": "mine"]) { $1 })
  }

  private static let warning =
    "podid: default/app has neither an association nor the annotation, so the process gets no "
    + "credentials; podid explain --service-account default/app tells more"

  @Test("a pod is made for the command and removed after it; its code is the command's")
  func makes() async {
    await #expect(processExitsWith: .success) {
      let stack = try RunCommandTests.stack()
      let found = try await RunCommandTests.run([], stack)
      #expect(found.code == 7 && found.output == ["blue-us-east-1"])
      #expect(found.errors.count == 1)
      #expect(
        found.errors.first?.hasPrefix("podid: default/app has neither an association") == true)
      #expect(stack.writes.count == 2)
      let posted = try JSON.parse(String(stack.writes[0].drop { $0 != "{" }))
      #expect(posted.at("spec", "serviceAccountName") == "app")
      #expect(posted.at("metadata", "labels", "app.kubernetes.io/managed-by") == "podid")
      let name = posted.at("metadata", "name")?.string ?? ""
      #expect(name.hasPrefix("app-") && name.count == 9)
      #expect(stack.writes[1].hasPrefix("DELETE \(RunCommandTests.path)/made"))
      #expect(SignalWatch.course == .orderly)
    }
  }

  @Test("a pod that exists is taken and kept, where it is the account's")
  func takes() async {
    await #expect(processExitsWith: .success) {
      let stack = try RunCommandTests.stack()
      let found = try await RunCommandTests.run(["--pod", "web"], stack)
      #expect(found.code == 7 && found.output == ["blue-us-east-1"] && stack.writes.isEmpty)
      let other = try await RunCommandTests.run(["--pod", "other"], stack)
      #expect(other.code == nil && other.output.isEmpty)
      #expect(other.failure == "pod default/other runs as ServiceAccount other, not app")
      #expect(stack.writes.isEmpty)
      // One that does not exist is made under that name.
      let named = try await RunCommandTests.run(["--pod", "new"], stack)
      #expect(named.code == 7 && stack.writes.count == 2)
      #expect(stack.writes[0].contains(#""name":"new""#))
    }
  }

  @Test("where no pod can be made, or it does not become Ready, that is told, and nothing is left")
  func fails() async {
    await #expect(processExitsWith: .success) {
      let refusing = try RunCommandTests.stack(refusal: 403)
      let found = try await RunCommandTests.run([], refusing)
      #expect(found.code == nil && found.output.isEmpty)
      #expect(
        found.failure.hasPrefix(
          "there is no ServiceAccount default/app, but \"default/apq\"; there are default/apq; "))
      let busy = try await RunCommandTests.run([], try RunCommandTests.stack(refusal: 422))
      #expect(busy.failure.hasPrefix("not allowed; podid explain --service-account "))
      let waiting = try RunCommandTests.stack(isReady: false)
      let late = try await RunCommandTests.run([], waiting)
      #expect(late.code == nil)
      #expect(late.failure.hasPrefix("pod default/made does not become Ready: "))
      #expect(waiting.writes.last?.hasPrefix("DELETE \(RunCommandTests.path)/made") == true)
    }
  }

  @Test("a shell that is not at a terminal reads its commands as any program does")
  func shell() async {
    await #expect(processExitsWith: .success) {
      let stack = try RunCommandTests.stack()
      let script = try Scratch.folder(["in": "echo $COLOUR-$AWS_ACCESS_KEY_ID; exit 5\n"])
      for (words, output) in [([], "-test"), (["--service-account", "app"], "blue-")] {
        let input = open("\(script)/in", O_RDONLY)
        dup2(input, 0)
        close(input)
        let found = try await Printed.by(
          .shell, words, stack.environment.merging(["SHELL": "/bin/sh"]) { $1 })
        #expect(found.code == 5 && found.output == [output])
      }
      #expect(stack.writes.count == 2)
    }
  }

  @Test("the environment is printed in its form; of the pods those that podid made are removed")
  func environments() async {
    await #expect(processExitsWith: .success) {
      let stack = try RunCommandTests.stack()
      let json = try await Printed.by(.env, ["--format", "json"], stack.environment)
      let root = try JSON.parse(json.output.joined(separator: "\n"))
      #expect(json.code == 0 && root["AWS_ACCESS_KEY_ID"] == "test")
      #expect(root["AWS_ENDPOINT_URL"] == .string(stack.url))
      #expect(root["KUBECONFIG"] == .string("\(stack.folder)/kubeconfig"))
      let shell = try await Printed.by(.env, [], stack.environment)
      #expect(shell.output.contains("export AWS_ACCESS_KEY_ID='test'"))
      #expect(shell.output.contains { $0.hasPrefix("unset ") })
      let dotenv = try await Printed.by(.env, ["--format", "dotenv"], stack.environment)
      #expect(dotenv.output.contains(#"AWS_ACCESS_KEY_ID="test""#))
      #expect(!dotenv.output.contains { $0.hasPrefix("unset ") || $0.hasPrefix("export ") })
      let wrong = try await Printed.by(.env, ["--format", "xml"], stack.environment)
      #expect(wrong.isUsage && wrong.output.isEmpty)
      let words = ["--service-account", "app", "--pod"]
      let pod = try await Printed.by(.env, words + ["web", "--format", "json"], stack.environment)
      let shown = try JSON.parse(pod.output.joined(separator: "\n"))
      #expect(shown["COLOUR"] == "blue" && shown["AWS_ACCESS_KEY_ID"] == nil)
      #expect(stack.writes.isEmpty)
      let removed = try await Printed.by(.env, words + ["web", "--delete"], stack.environment)
      #expect(removed.code == 0 && stack.writes == ["DELETE \(RunCommandTests.path)/web"])
      let theirs = try await Printed.by(.env, words + ["theirs", "--delete"], stack.environment)
      #expect(
        theirs.failure
          == "pod default/theirs is none that podid made, so it is left alone")
      #expect(stack.writes.count == 1)
    }
  }

  @Test("where an environment for a shell fails, the shell is led nowhere, and no other is")
  func led() async {
    await #expect(processExitsWith: .success) {
      let told = try await Printed.of {
        FailedEnvironment.tell(["env"])
        return 1
      }
      #expect(told.output.contains("export AWS_ENDPOINT_URL='http://127.0.0.1:1/podid-env-failed'"))
      #expect(told.output.contains("export KUBECONFIG='/dev/null/podid-env-failed'"))
      #expect(told.output.last == "false")
      for words in [["env", "--format", "json"], ["run"], ["env", "--unset"]] {
        let silent = try await Printed.of {
          FailedEnvironment.tell(words)
          return 1
        }
        #expect(silent.output.isEmpty)
      }
    }
  }
}
