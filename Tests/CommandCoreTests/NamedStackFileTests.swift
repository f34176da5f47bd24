import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// Stack files that the user names: podid's own may lead anywhere, those of others no further than
/// this machine.
@Suite struct NamedStackFileTests {
  private static let command = Command(
    name: "x", usage: "", summary: "", options: [Command.stackOption]
  ) { _ in 0 }
  private static let id = String(repeating: "ab", count: 16)

  private static func stack(_ url: String) -> JSON {
    var object = StackTrustTests.good.object ?? [:]
    object["id"] = .string(id)
    object["aws"] = ["url": .string(url)]
    return .object(object)
  }

  /// A file of a stack whose aws-api is at a URL, and what finds it by `--stack`.
  private func finder(_ url: String, isEntered: Bool) throws -> (finder: StackFinder, path: String)
  {
    let folder = try Scratch.folder()
    let environment = ProcessEnvironment(["XDG_STATE_HOME": "\(folder)/home"])
    let info = try StackInfo(json: Self.stack(url), path: "\(folder)/stack.json")
    let bytes = info.json.bytes()
    try SafeFile.write(bytes, to: info.path)
    if isEntered {
      try StackRegister(environment).enter(info, bytes: bytes, since: Instant(seconds: 0))
    }
    let context = CommandContext(
      arguments: try CommandArguments(["--stack", info.path], of: Self.command),
      environment: environment, loops: EventLoops(count: 1))
    return (StackFinder(context), info.path)
  }

  @Test(
    "a file that podid did not write sends nothing to another machine",
    arguments: ["http://198.51.100.7:4577", "https://evil.example"])
  func strange(url: String) throws {
    let (finder, path) = try finder(url, isEntered: false)
    let error = #expect(throws: CommandFailure.self) { try finder.find() }
    #expect(
      error?.description
        == "\(path) cannot be used: its aws.url is not on loopback, and podid did not write it "
        + "for this user")
  }

  @Test("one that names this machine alone is taken, whoever wrote it")
  func local() throws {
    let info = try finder("http://127.0.0.1:4577", isEntered: false).finder.find()
    #expect(info.awsURL == "http://127.0.0.1:4577")
    #expect(info.entry == nil)
  }

  @Test("one that podid wrote is taken as it is")
  func own() throws {
    let info = try finder("http://198.51.100.7:4577", isEntered: true).finder.find()
    #expect(info.awsURL == "http://198.51.100.7:4577")
    #expect(info.entry != nil)
  }
}
