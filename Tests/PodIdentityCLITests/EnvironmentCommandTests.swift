import JSON
import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// What `podid env` leaves out, and what it prints where it fails.
@Suite struct EnvironmentCommandTests {
  private static let variables = [("A", "1"), ("a b", "2"), ("path", "3"), ("B", "$x'")]

  @Test(
    "each form names what it leaves out, and why",
    arguments: [
      ("shell", ["no names of variables in the form shell", "names that shells keep"]),
      ("dotenv", ["no names of variables in the form dotenv", "their values would not be read"]),
      ("json", []),
    ])
  func leftOut(format: String, starts: [String]) throws {
    let style = try #require(EnvironmentText(format))
    let lines = Command.leftOut(of: Self.variables, style, format).map(\.text)
    #expect(lines.count == starts.count)
    for (line, start) in zip(lines, starts) { #expect(line.hasPrefix("podid: \(start)")) }
    if format == "shell" {
      #expect(lines.first?.hasSuffix("left out: \(PodVariables.list(["a b"]))") == true)
      #expect(lines.last?.hasSuffix("left out: \(PodVariables.list(["path"]))") == true)
    }
    if format == "dotenv" {
      #expect(lines.last?.hasSuffix("left out: \(PodVariables.list(["B"]))") == true)
    }
    #expect(Command.leftOut(of: [("A", "1")], style, format).isEmpty)
  }

  @Test("taking back needs no stack, and everything else does")
  func unset() async throws {
    let environment: [ByteText: String] = ["PODID_STACK": "/nonexistent/stack.json"]
    let unset = try CommandContext.of(.env, ["--unset"], environment)
    #expect(try await Command.env.body(unset) == 0)
    let plain = try CommandContext.of(.env, [], environment)
    await #expect(throws: CommandFailure.self) { try await Command.env.body(plain) }
  }

  @Test(
    "a shell whose environment failed is led nowhere, a file or a program is not",
    arguments: [
      (["env"], true), (["env", "--service-account", "a"], true),
      (["env", "--format", "shell"], true), (["env", "--format", "dotenv"], false),
      (["env", "--format=dotenv"], false), (["env", "--format=json"], false),
      (["env", "--delete"], false), (["env", "--unset"], false), (["run"], false), ([], false),
    ])
  func failed(words: [String], isMeant: Bool) {
    #expect(FailedEnvironment.isMeant(words) == isMeant)
  }
}
