import Glibc
import HTTP
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// `podid down`: whom it asks to stop, and what it says of those that it must not.
@Suite(.timeLimit(.minutes(10))) struct DownCommandTests {
  /// A stack whose aws-api is a process of this machine, entered in the user's register.
  private struct Known {
    let stack: StandInStack
    let path: String
    let process: ChildProcess
    let line: Lifeline
    var environment: [String: String] { ["XDG_STATE_HOME": "\(stack.folder)/home"] }

    /// `isKnown` where its program is one of the folder that the register has.
    init(isKnown: Bool = true, answers: String? = "aws-api", pid: Int32? = nil) async throws {
      let programs = try Scratch.folder()
      let copied = try await CapturedProcess.run(
        ["cp", "/bin/sh", "\(programs)/aws-api"], environment: ["PATH": "/usr/bin:/bin"])
      try #require(copied.code == 0)
      line = try Lifeline()
      process = try ChildProcess(
        ["\(programs)/aws-api", "-c", "read word"], environment: [:],
        input: .pipe(line.inherited))
      let number = Int64(pid ?? process.pid)
      stack = try StandInStack { call in
        guard call == "GET /a/healthz", let answers else { return nil }
        return .json(200, ["service": .string(answers), "pid": .integer(number)])
      }
      path = try stack.file([4_194_302, Int64(process.pid), 4_194_303])
      let info = try StackInfo(json: JSON.parse(SafeFile.read(path)), path: path)
      let environment = ProcessEnvironment(["XDG_STATE_HOME": "\(stack.folder)/home"])
      try StackRegister(environment).enter(
        info, bytes: SafeFile.read(path), since: Instant(seconds: 0))
      guard isKnown else { return }
      let entry = "\(stack.folder)/home/podid/stack-\(info.id).json"
      var object = try JSON.parse(SafeFile.read(entry)).object ?? [:]
      object["programs"] = .string(programs)
      try SafeFile.write(JSON.object(object).bytes(), to: entry)
    }

    func down() async throws -> Printed {
      try await Printed.by(.down, ["--stack", path], environment)
    }

    var isEntered: Bool {
      SafeFile.exists(
        "\(stack.folder)/home/podid/stack-\(String(repeating: "a", count: 32)).json")
    }
  }

  @Test(
    "a server that is the stack's is asked to stop, and the stack is down once its file is gone")
  func stops() async {
    await #expect(processExitsWith: .success) {
      let known = try await Known()
      // The supervisor removes the file.
      let supervisor = Task { [process = known.process, path = known.path] in
        let code = await process.end()
        unlink(path)
        return code
      }
      let found = try await known.down()
      #expect(found.code == 0 && found.output == ["The stack of \(known.path) is down."])
      #expect(await supervisor.value == 128 + SIGTERM)
    }
  }

  @Test("where the supervisor was killed, the file and its entry are removed by podid down")
  func orphaned() async {
    await #expect(processExitsWith: .success) {
      let known = try await Known()
      let found = try await known.down()
      #expect(found.code == 0 && found.output.count == 1)
      #expect(await known.process.end() == 128 + SIGTERM)
      #expect(!SafeFile.exists(known.path) && !known.isEntered)
    }
  }

  @Test("a process that is another program, or does not answer, is left alone, and that is said")
  func refuses() async {
    await #expect(processExitsWith: .success) {
      for (known, text) in [
        (try await Known(isKnown: false), "which is no aws-api of this podid"),
        (try await Known(answers: nil), "and its admin port does not answer as that; stop it by"),
        (try await Known(answers: "node-agent"), "its admin port does not answer as that"),
        (try await Known(pid: 4_194_301), "its admin port does not answer as that"),
      ] {
        let found = try await known.down()
        #expect(found.code == nil)
        #expect(found.failure.hasPrefix("nothing of \(known.path) is stopped: aws-api: process "))
        #expect(found.failure.contains(text))
        #expect(known.process.isRunning && SafeFile.exists(known.path) && known.isEntered)
        known.process.send(SIGKILL)
        _ = await known.process.end()
      }
    }
  }

  @Test("of a stack that does not run, the file and its entry are removed")
  func gone() async {
    await #expect(processExitsWith: .success) {
      let known = try await Known(answers: nil)
      known.process.send(SIGKILL)
      _ = await known.process.end()
      let found = try await known.down()
      #expect(
        found.failure == "the stack of \(known.path) is not running; the file is removed")
      #expect(!SafeFile.exists(known.path) && !known.isEntered)
    }
  }
}
