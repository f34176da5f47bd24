import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// The program podid itself: what it makes of its words, and its exit codes.
@Suite(.timeLimit(.minutes(10))) struct ProgramTests {
  private func podid(
    _ words: [String], _ environment: [ByteText: String] = [:]
  ) async throws -> CapturedProcess {
    try await CapturedProcess.run(
      [try Executables.path(of: "podid")] + words, environment: environment)
  }

  @Test(
    "help and version are printed; wrong usage is 64, with a line that says what is wrong",
    arguments: [
      (["--version"], 0, "podid \(Version.current)", ""), (["version"], 0, "podid ", ""),
      (["--help"], 0, "podid: EKS Pod Identity on this machine", ""), (["-h"], 0, "podid: EKS", ""),
      (["run", "--help"], 0, "Usage: podid run ", ""), (["up", "-h"], 0, "Usage: podid up ", ""),
      ([], 64, "", "podid: EKS Pod Identity on this machine"),
      (["statsu"], 64, "", "podid: there is no command \"statsu\", but \"status\""),
      (["guard-of-a-stack"], 64, "", "podid: there is no command \"guard-of-a-stack\""),
      (["guard-of-a-stack", "a", "b"], 64, "", "podid: there is no command"),
      (["up", "--nosuch"], 64, "", "podid up: unknown flag --nosuch"),
      (["wait", "event", "--timeout", "x"], 64, "", "podid wait: --timeout must be a duration"),
      (["status", "--stack", "/nonexistent"], 1, "", "podid: "),
      (["doctor", "--", "/nonexistent/x"], 127, "", "podid: /nonexistent/x: there is no such"),
    ] as [([String], Int32, String, String)])
  func words(words: [String], code: Int32, output: String, errors: String) async throws {
    let found = try await podid(words)
    #expect(found.code == code)
    #expect(output.isEmpty ? found.output.isEmpty : found.output[0].hasPrefix(output))
    #expect(errors.isEmpty ? found.errors.isEmpty : found.errors[0].hasPrefix(errors))
  }

  @Test("an environment that fails leads a shell nowhere, with usage that is wrong as well")
  func environments() async throws {
    for (words, code) in [(["env", "--stack", "/nonexistent"], 1), (["env", "--nosuch"], 64)]
      as [([String], Int32)]
    {
      let found = try await podid(words)
      #expect(found.code == code && found.output.last == "false")
    }
    let other = try await podid(["env", "--stack", "/nonexistent", "--format=json"])
    #expect(other.code == 1 && other.output.isEmpty)
  }

  @Test("as a guard it waits for podid's end, and removes what that left")
  func guards() async throws {
    let folder = "\(try Scratch.folder())/podid-x"
    try SafeFile.makeFolder(folder)
    let line = try Lifeline()
    let process = try ChildProcess(
      [try Executables.path(of: "podid"), StackGuard.word, folder], environment: [:],
      input: .pipe(line.inherited))
    line.say(0x2E)
    #expect(await process.end() == 0 && SafeFile.exists(folder))
    let other = try ChildProcess(
      [try Executables.path(of: "podid"), StackGuard.word, folder], environment: [:], input: .null)
    #expect(await other.end() == 0 && !SafeFile.exists(folder))
  }
}
