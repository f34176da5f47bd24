import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// Commands that put a stack of real servers around themselves, each in a process of its own.
@Suite(.timeLimit(.minutes(10))) struct OwnStackCommandTests {
  /// A folder with a seed, and the variables of a user whose state lies in it.
  private static func place() throws -> (folder: String, environment: [String: String]) {
    let folder = try Scratch.folder([
      "seed/kubernetes/a.yaml":
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: app, namespace: default}\n"
    ])
    try SafeFile.makeFolder("\(folder)/tmp")
    return (
      folder,
      [
        "PATH": "/usr/bin:/bin", "TMPDIR": "\(folder)/tmp", "XDG_STATE_HOME": "\(folder)/home",
        "HOME": folder,
      ]
    )
  }

  private static func left(_ folder: String) -> [String] {
    FolderWalk(path: "\(folder)/tmp")?.names() ?? []
  }

  @Test("podid test runs a command as the root or as a pod, and takes its stack with it")
  func tests() async {
    await #expect(processExitsWith: .success) {
      let (folder, environment) = try OwnStackCommandTests.place()
      let seed = ["--seed", "\(folder)/seed"]
      let failed = try await Printed.by(
        .test, seed + ["--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID; exit 3"], environment)
      #expect(failed.code == 3 && failed.output == ["test"])
      #expect(OwnStackCommandTests.left(folder).isEmpty)
      let pod = try await Printed.by(
        .test, seed + ["--service-account", "app", "--", "sh", "-c", "echo [$AWS_ACCESS_KEY_ID]"],
        environment)
      #expect(pod.code == 0 && pod.output == ["[]"])
      // The stack is gone by then, so nobody is sent to it.
      #expect(
        pod.errors == [
          "podid: default/app has neither an association nor the annotation, so the process gets "
            + "no credentials"
        ])
      let role = try await Printed.by(
        .test, seed + ["--only-role", "nobody", "--", "true"], environment)
      #expect(role.code == 1)
      #expect(role.errors == ["podid: there is no role nobody, and nothing was called as it"])
      #expect(OwnStackCommandTests.left(folder).isEmpty)
    }
  }

  @Test("a stack that is kept is found by what is said of it, and podid down stops it")
  func keeps() async {
    await #expect(processExitsWith: .success) {
      let (folder, environment) = try OwnStackCommandTests.place()
      let words = ["--keep", "--seed", "\(folder)/seed", "--credential-lifetime", "60s", "--"]
      let kept = try await Printed.by(.test, words + ["sh", "-c", "exit 4"], environment)
      #expect(kept.code == 4)
      let start = "podid: the stack is kept: export PODID_STACK="
      let line = try #require(kept.errors.last)
      #expect(line.hasPrefix(start))
      let path = String(line.dropFirst(start.count).prefix { $0 != ";" })
      #expect(line.hasSuffix("; podid down --stack \(path) stops it"))
      let listed = try await Printed.by(.list, [], environment)
      #expect(listed.output.first?.hasPrefix("\(path)  pid ") == true)
      let status = try await Printed.by(.status, ["--stack", path], environment)
      #expect(status.code == 0 && status.output.count == 5)
      let down = try await Printed.by(.down, ["--stack", path], environment)
      #expect(down.code == 0 && down.output == ["The stack of \(path) is down."])
      #expect(try await Printed.by(.list, [], environment).output == ["No stack is running."])
    }
  }

  @Test("podid up says where the stack is, follows it, and ends with all of it at a signal")
  func up() async {
    await #expect(processExitsWith: .success) {
      TerminationSignals.prepare()
      let (folder, environment) = try OwnStackCommandTests.place()
      let file = "\(folder)/stack.json"
      let words = [
        "--ephemeral", "--free-ports", "--seed", "\(folder)/seed", "--stack-file", file, "--follow",
      ]
      let running = Task { try await Printed.by(.up, words, environment) }
      await eventually { SafeFile.exists(file) }
      let url = try JSON.parse(SafeFile.read(file)).at("aws", "url")?.string ?? ""
      kill(getpid(), SIGTERM)
      let found = try await running.value
      #expect(found.code == 0 && found.failure.isEmpty)
      #expect(
        found.output.first == "The stack is up. Seed: 1 created (\(folder)/seed).")
      #expect(found.output.contains { $0.hasPrefix("  AWS (EKS") && $0.hasSuffix(" \(url)") })
      #expect(found.output.contains("export PODID_STACK=\(file)"))
      #expect(found.output.contains("podid is ready"))
      #expect(!SafeFile.exists(file) && OwnStackCommandTests.left(folder).isEmpty)
      let listed = try await Printed.by(.list, [], environment)
      #expect(listed.output == ["No stack is running."])
    }
  }
}
