import HTTP
import JSON
import Platform
import PodIdentity
import TestSupport
import Testing

@testable import CommandCore

/// What `up`, `test` and `demo` take from flags and the environment.
@Suite struct StackOptionsTests {
  private static let command = Command(
    name: "x", usage: "", summary: "",
    options: ["aws-listen", "probe-listen", "credential-lifetime", "state", "seed"].map {
      Command.Option($0, "VALUE", "")
    } + ["free-ports", "link-local"].map { Command.Option($0, nil, "") }
  ) { _ in 0 }

  private func options(
    _ words: [String], _ environment: [ByteText: String] = [:], isEphemeral: Bool = false
  ) throws -> StackOptions {
    try StackOptions(
      CommandContext(
        arguments: try CommandArguments(words, of: Self.command),
        environment: ProcessEnvironment(environment), loops: EventLoops(count: 1)),
      isEphemeral: isEphemeral)
  }

  @Test("without a word a stack is at its usual addresses, its state below this folder")
  func standard() throws {
    let found = try options([])
    for listener in StackOptions.listeners {
      #expect(found.addresses[listener.name.bytes] == listener.standard)
    }
    #expect(found.addresses.count == 9 && found.addresses["aws-admin"] == StackDefaults.awsAdmin)
    #expect(found.state.hasSuffix("/.podid/state") && found.state.hasPrefix("/"))
    #expect(!found.isStateNamed && !found.isLinkLocal && !found.isQuiet)
    #expect(found.credentialLifetime == nil)
  }

  @Test("an address is a flag's before a variable's before a free port's")
  func addresses() throws {
    let variables: [ByteText: String] = [
      "PODID_AWS_API_LISTEN": "127.0.0.2:1", "PODID_AWS_API_S3_LISTEN": "127.0.0.3:2",
      "PODID_NODE_AGENT_ADMIN_LISTEN": "127.0.0.4:3", "PODID_NODE_AGENT_LISTEN": "nowhere",
    ]
    let found = try options(["--aws-listen", "[::1]:9", "--free-ports"], variables).addresses
    #expect(found["aws"] == HostPort("[::1]:9"))
    #expect(found["s3"] == HostPort("127.0.0.3:2"))
    #expect(found["agent-admin"] == HostPort("127.0.0.4:3"))
    #expect(found["agent"] == HostPort("127.0.0.1:0"))
    #expect(found["metrics"] == HostPort("127.0.0.1:0"))
    #expect(try options([], variables).addresses["agent"] == StackDefaults.agent)
    let error = #expect(throws: UsageError.self) { try options(["--probe-listen", "x"]) }
    #expect(error?.description == "podid: --probe-listen must be HOST:PORT, not \"x\"")
  }

  @Test("a lifetime is handed on as it was said, and refused where it is none")
  func lifetime() throws {
    #expect(try options(["--credential-lifetime", "90m"]).credentialLifetime == "90m")
    for text in ["0s", "-1s", "soon"] {
      let error = #expect(throws: UsageError.self) {
        try options(["--credential-lifetime=" + text])
      }
      #expect(error?.description.contains("\"\(text)\" is no duration") == true)
    }
  }

  @Test("the state's folder: as named, below this one, or an ephemeral one that nobody named")
  func state() throws {
    #expect(try options(["--state", "/a/b"]).state == "/a/b")
    let named = try options(["--state", "b"])
    let here = try StackFinder.currentFolder()
    #expect(named.isStateNamed && named.state == "\(here)/b")
    let folder = try Scratch.folder()
    let ephemeral = try options([], ["TMPDIR": folder], isEphemeral: true)
    #expect(ephemeral.folder.hasPrefix("\(folder)/podid-"))
    #expect(ephemeral.state == ephemeral.folder + "/state")
    #expect(ephemeral.isEphemeral && !SafeFile.exists(ephemeral.folder))
    #expect(throws: CommandFailure.self) {
      try options([], ["TMPDIR": "\(folder)/none"], isEphemeral: true)
    }
  }

  @Test("a command's own stack is on free ports, whatever the environment says")
  func own() throws {
    let context = CommandContext(
      arguments: try CommandArguments(["--link-local"], of: Self.command),
      environment: ProcessEnvironment(["PODID_AWS_API_LISTEN": "127.0.0.1:77"]),
      loops: EventLoops(count: 1))
    let found = try StackOptions.own(context)
    #expect(found.addresses.count == 9 && found.addresses.values.allSatisfy { $0.port == 0 })
    #expect(found.isQuiet && found.isEphemeral && found.isLinkLocal)
  }
}
