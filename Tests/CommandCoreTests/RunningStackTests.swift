import Glibc
import HTTP
import JSON
import Platform
import PodIdentity
import TestSupport
import Testing

@testable import CommandCore

/// A stack of real servers, from its start to what is left of it.
@Suite(.timeLimit(.minutes(10))) struct RunningStackTests {
  private static let command = Command(
    name: "x", usage: "", summary: "",
    options: ["state", "seed", "credential-lifetime"].map { Command.Option($0, "V", "") }
      + [Command.Option("free-ports", nil, "")]
  ) { _ in 0 }

  private let folder: String
  private let variables: [ByteText: String]

  init() throws {
    folder = try Scratch.folder([
      "seed/kubernetes/a.yaml":
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: app\n  namespace: default\n"
    ])
    // A folder for ephemeral stacks, and what must not reach the servers.
    try SafeFile.makeFolder("\(folder)/tmp")
    variables = [
      "PATH": "/usr/bin:/bin", "XDG_STATE_HOME": "\(folder)/home", "TMPDIR": "\(folder)/tmp",
      "http_proxy": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1",
      "all_proxy": "x", "AWS_ACCESS_KEY_ID": "users", "KEPT": "yes",
    ]
  }

  private func context(_ words: [String], _ more: [ByteText: String] = [:]) throws -> CommandContext
  {
    CommandContext(
      arguments: try CommandArguments(
        words + ["--free-ports", "--seed", "\(folder)/seed"], of: Self.command),
      environment: ProcessEnvironment(variables.merging(more) { $1 }),
      loops: EventLoops(count: 1))
  }

  private func environment(of pid: Int32) throws -> [String] {
    try SafeFile.read("/proc/\(pid)/environ").split(separator: 0).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private func start(
    _ context: CommandContext, file: String
  ) async throws -> RunningStack {
    let options = try StackOptions(freeing: context)
    return try await RunningStack.start(
      options, stackFile: file, register: StackRegister(context.environment), context: context)
  }

  @Test("a stack that is kept is entered, seeded, and found by its file; its state outlives it")
  func kept() async throws {
    let state = "\(folder)/state"
    let context = try context(["--state", state])
    let file = "\(folder)/stack.json"
    let stack = try await start(context, file: file)
    let info = stack.info
    #expect(stack.registerFailure == nil && info.path == file && info.state == state)
    #expect(stack.account == nil && stack.mark.isEmpty)
    #expect(stack.seedReport.summary.contains("1 "))
    var status = stat()
    #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let entry = try StackFinder(context).read(file).entry
    #expect(entry?.id.bytes == info.entry?.id.bytes && entry != nil)
    #expect(info.seeds == ["\(folder)/seed"])
    // Each server answers as the one of the file, and has no variables that would lead it elsewhere.
    for admin in context.admins(info) {
      let health = await admin.health()
      #expect(health?.pid == admin.server.pid && health?.service == admin.server.service)
      let found = try environment(of: admin.server.pid)
      #expect(found.contains("KEPT=yes"))
      #expect(!found.contains { $0.lowercased().hasSuffix("proxy=http://127.0.0.1:1") })
      #expect(!found.contains { $0.hasPrefix("all_proxy=") || $0.hasPrefix("AWS_") })
      #expect(!found.contains { $0.hasPrefix(MarkedProcesses.variable) })
      #expect(try await admin.send("GET", "/faults")["paused"] != true)
    }
    let accounts = try #require(await AccountName.all(context.kubernetes(info)))
    #expect(accounts.contains(AccountName(namespace: "default", name: "app")))
    let token = try SafeFile.readText("\(state)/admin.token")
    #expect(token == info.adminToken + "\n")
    // Another podid does not start servers on this state.
    await #expect(throws: CommandFailure.self) {
      try await start(context, file: "\(folder)/other.json")
    }
    await stack.stop()
    #expect(!SafeFile.exists(file) && !SafeFile.exists("\(folder)/other.json"))
    #expect(try StackRegister(context.environment).running().isEmpty)
    for server in info.servers { #expect(!ProcessState.runs(server.pid)) }
    // Started again it is the same: its token, its issuer, its objects.
    let again = try await start(context, file: file)
    #expect(again.info.adminToken == info.adminToken && again.info.id != info.id)
    #expect(again.info.json.at("kubernetes", "issuer") == info.json.at("kubernetes", "issuer"))
    #expect(again.seedReport.summary != stack.seedReport.summary)
    // A server that ends by itself is told, with its last words.
    let aws = try #require(again.info.servers.first { $0.service == "aws-api" })
    kill(aws.pid, SIGKILL)
    let first = await again.firstEnd()
    #expect(first.service == "aws-api" && first.code == 128 + SIGKILL)
    #expect(again.lastLines(of: "none").isEmpty)
    await again.stop()
  }

  @Test("an ephemeral stack goes with its folder, and with what its command left behind")
  func ephemeral() async throws {
    let context = try context([])
    let options = try StackOptions.own(context)
    let stack = try await RunningStack.start(
      options, stackFile: "\(options.folder)/stack.json", context: context)
    let info = stack.info
    #expect(info.entry == nil && stack.mark == [MarkedProcesses.variable.bytes: options.folder])
    for server in info.servers {
      #expect(
        try environment(of: server.pid).contains(
          "\(MarkedProcesses.variable)=\(options.folder)"))
    }
    #expect(try StackFinder(context).read(info.path).id == info.id)
    let left = try ChildProcess(
      ["sleep", "1000"], environment: ["PATH": "/usr/bin:/bin"].merging(stack.mark) { $1 })
    await stack.endLeftovers()
    #expect(await left.end() == 128 + SIGTERM)
    // The stack's own servers are no leftovers.
    for server in info.servers { #expect(ProcessState.runs(server.pid)) }
    await stack.stop()
    #expect(FolderWalk(path: "\(folder)/tmp")?.names().isEmpty == true)
    for server in info.servers { #expect(!ProcessState.runs(server.pid)) }
  }

  @Test("a stack that cannot start leaves nothing that runs, and no folder of its own")
  func fails() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    let context = try context([])
    var options = try StackOptions.own(context)
    let held = try HeldPorts(["aws": HostPort(host: "127.0.0.1", port: 0)])
    let taken = try #require(held.addresses["aws"])
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = taken.port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var on: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(isBound == 0 && listen(listener, 1) == 0)
    options.addresses["aws"] = taken
    let error = await #expect(throws: CommandFailure.self) {
      _ = try await RunningStack.start(
        options, stackFile: "\(options.folder)/stack.json", context: context)
    }
    #expect(error?.description.hasPrefix("\(taken.text) is not to be had") == true)
    #expect(FolderWalk(path: "\(folder)/tmp")?.names().isEmpty == true)
  }

  @Test("the servers' own variables are judged by the servers, before any is started")
  func variablesOfServers() async throws {
    try await ServerVariables(ProcessEnvironment(["PODID_AWS_API_NOSUCH": ""])).check()
    try await ServerVariables(ProcessEnvironment(["PODID_AWS_API_REGION": "eu-west-1"])).check()
    for (name, value) in [
      ("PODID_AWS_API_LISTEN", "nowhere"), ("PODID_KUBERNETES_API_LISTEN", "nowhere"),
      ("PODID_NODE_AGENT_LISTEN", "nowhere"),
    ] {
      let error = await #expect(throws: UsageError.self) {
        try await ServerVariables(ProcessEnvironment([name.bytes: value])).check()
      }
      #expect(error?.description.contains(name) == true)
    }
  }
}

extension StackOptions {
  /// Those of a context's flags, for a stack that is kept.
  fileprivate init(freeing context: CommandContext) throws {
    try self.init(context, isEphemeral: false)
  }
}
