import Glibc
import JSON
import KubernetesClient
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// What is made of a stack file, by where it came from.
@Suite struct StackTrustTests {
  static let good: JSON = [
    "version": 1, "adminToken": "t", "state": "/s", "region": "us-east-1",
    "kubernetes": [
      "url": "https://127.0.0.1:1", "admin": "http://[::1]:2", "pid": 4711,
      "kubeconfig": "/s/kubernetes-api/admin/kubeconfig",
    ],
    "aws": ["url": "http://localhost:3", "admin": "http://127.9.9.9:4", "pid": 4712],
    "s3": ["url": "http://127.0.0.1:5"],
    "agent": ["url": "http://127.0.0.1:6/v1/credentials", "pods": "/s/pods", "pid": 4713],
  ]

  /// The good file with one member set.
  private func changed(_ path: String, _ value: JSON) -> JSON {
    var object = Self.good.object ?? [:]
    let parts = path.split(separator: ".").map(String.init)
    if parts.count == 1 {
      object[parts[0]] = value
    } else {
      var part = object[parts[0]]?.object ?? [:]
      part[parts[1]] = value
      object[parts[0]] = .object(part)
    }
    return .object(object)
  }

  @Test("a good file is one, and names nothing beyond this machine")
  func good() throws {
    #expect(StackMembers.objection(to: Self.good) == nil)
    #expect(StackMembers.strangeness(of: Self.good) == nil)
    #expect(try StackInfo(json: Self.good, path: "/x").servers.map(\.pid) == [4711, 4712, 4713])
  }

  @Test(
    "numbers that are no pid are refused, and trap nowhere",
    arguments: [
      .integer(-1), .integer(0), .integer(1), .integer(4_194_304), .integer(99_999_999_999),
      .integer(.min), .integer(.max), .number("1e3"), .number("18446744073709551617"), .string("7"),
      .null, [:],
    ] as [JSON])
  func pids(value: JSON) {
    for member in ["kubernetes.pid", "aws.pid", "s3.pid", "agent.pid"] {
      let objection = StackMembers.objection(to: changed(member, value))
      #expect(objection?.hasPrefix("its \(member) is no number") == true)
    }
  }

  @Test(
    "members of a wrong kind are named",
    arguments: [
      ("state", "relative/state"), ("kubernetes.kubeconfig", ".podid/kube.json"),
      ("agent.pods", "pods"), ("kubernetes.ca", "ca.crt"), ("aws.url", "ftp://127.0.0.1"),
      ("s3.url", "x"), ("kubernetes.admin", "http://a b:1"), ("agent.url", "http://u@127.0.0.1:1"),
      ("adminToken", "a\r\nX-Other: b"), ("adminToken", "a b"), ("region", "us\u{1B}[2J"),
      ("cluster", "a\u{0}b"), ("account", "\u{7F}"), ("node", String(repeating: "n", count: 5000)),
      ("aws.accessKeyId", "k\n"),
    ])
  func members(member: String, text: String) {
    let objection = StackMembers.objection(to: changed(member, .string(text)))
    #expect(objection?.hasPrefix("its \(member) ") == true)
    #expect(StackMembers.objection(to: changed(member, 7)) != nil)
  }

  @Test(
    "what is no stack file at all is said to be none",
    arguments: [[], "x", ["version": 2]] as [JSON])
  func others(json: JSON) {
    #expect(throws: CommandFailure.self) { try StackInfo(json: json, path: "/x") }
  }

  @Test(
    "a file that podid did not write names no other machine",
    arguments: [
      "198.51.100.7:1", "evil.example", "127.0.0.1.evil.example", "127.0.0.1.:1", "0.0.0.0:1",
      "2130706433:1", "127.1:1", "0x7f000001:1", "[::ffff:198.51.100.7]:1", "[fe80::1]:1",
      "localhost.evil:1", "127.0.0.256:1", "[::]:1",
    ])
  func places(authority: String) {
    for (member, path) in [
      ("kubernetes.url", ""), ("kubernetes.admin", ""), ("aws.url", "/"), ("aws.admin", ""),
      ("s3.url", ""), ("agent.url", "/v1/credentials"), ("agent.admin", ""), ("agent.probe", ""),
      ("agent.metrics", ""),
    ] {
      let json = changed(member, .string("http://\(authority)\(path)"))
      // What the client cannot read is refused before.
      let text = StackMembers.objection(to: json) ?? StackMembers.strangeness(of: json)
      #expect(text?.hasPrefix("its \(member) is n") == true, "\(authority)")
    }
  }

  @Test(
    "a file that podid did not write names no file beside its state",
    arguments: ["/home/u/.kube/config", "/s", "/sx/kubeconfig", "/s/../home/u/.kube/config"])
  func files(path: String) {
    for member in ["kubernetes.kubeconfig", "kubernetes.ca", "agent.pods"] {
      let text = StackMembers.strangeness(of: changed(member, .string(path)))
      #expect(text == "its \(member) is not in its state folder")
    }
  }

  @Test("a kubeconfig of such a file sends nothing elsewhere, and hands out no file")
  func kubeconfigs() throws {
    func config(_ server: String, _ user: JSON) throws -> KubeConfig {
      try KubeConfig(
        json: [
          "current-context": "c",
          "contexts": [["name": "c", "context": ["cluster": "k", "user": "u"]]],
          "clusters": [["name": "k", "cluster": ["server": .string(server)]]],
          "users": [["name": "u", "user": user]],
        ], path: "/k", folder: "/")
    }
    let info = try StackInfo(json: Self.good, path: "/x")
    try info.check(config("https://127.0.0.1:1", ["token": "t"]))
    for (server, user) in [
      ("https://198.51.100.7", ["token": "t"]), ("https://127.0.0.1.evil.example", ["token": "t"]),
      ("https://127.0.0.1:1", ["tokenFile": "/home/u/.ssh/id_ed25519"]), ("nonsense", [:]),
    ] as [(String, JSON)] {
      let wrong = try config(server, user)
      #expect(throws: CommandFailure.self) { try info.check(wrong) }
    }
  }

  @Test("the register knows a file by its path, its id and its bytes")
  func register() throws {
    let folder = try Scratch.folder()
    let register = StackRegister(ProcessEnvironment(["XDG_STATE_HOME": "\(folder)/home"]))
    let id = String(repeating: "ab", count: 16)
    let info = try StackInfo(json: changed("id", .string(id)), path: "\(folder)/stack.json")
    let bytes = info.json.bytes()
    try register.enter(info, bytes: bytes, since: Instant(seconds: 0))
    try SafeFile.write(bytes, to: info.path)
    let file = try StackFile(info.path)
    #expect(try register.entry(for: file, id: id)?.since == "1970-01-01T00:00:00.000Z")
    for wrong in [nil, "", "../\(id)", String(repeating: "cd", count: 16), id.uppercased()] {
      #expect(try register.entry(for: file, id: wrong) == nil)
    }
    try SafeFile.write(bytes + [0x20], to: info.path)
    #expect(try register.entry(for: StackFile(info.path), id: id) == nil)
    try SafeFile.write(bytes, to: "\(folder)/copy.json")
    #expect(try register.entry(for: StackFile("\(folder)/copy.json"), id: id) == nil)
    // The same file behind a link to its folder.
    symlink(folder, "\(folder)-link")
    try SafeFile.write(bytes, to: info.path)
    #expect(throws: CommandFailure.self) { try StackFile("\(folder)-link/stack.json") }
    // No server of it runs: it is forgotten, and its file with it.
    #expect(try register.running().isEmpty)
    #expect(!SafeFile.exists(info.path))
    #expect(try register.entry(for: file, id: id) == nil)
  }

  @Test("of a stack of another machine or container nothing is judged here, and nothing removed")
  func otherPlaces() throws {
    let folder = try Scratch.folder()
    let register = StackRegister(ProcessEnvironment(["XDG_STATE_HOME": folder]))
    let id = String(repeating: "ef", count: 16)
    let info = try StackInfo(json: changed("id", .string(id)), path: "\(folder)/stack.json")
    let bytes = info.json.bytes()
    #expect(try register.enter(info, bytes: bytes, since: Instant(seconds: 0)).isHere)
    try SafeFile.write(bytes, to: info.path)
    let path = "\(folder)/podid/stack-\(id).json"
    var entry = try #require(try JSON.parse(SafeFile.read(path)).object)
    entry["place"] = "another boot pid:[4026531836]"
    try SafeFile.write(JSON.object(entry).bytes(), to: path)
    // Its pids are nobody's here, or somebody else's.
    #expect(try register.running().isEmpty)
    #expect(SafeFile.exists(info.path))
    #expect(try register.entry(for: StackFile(info.path), id: id)?.isHere == false)
  }

  @Test("an entry that others may read, or of another user's making, is none")
  func entries() throws {
    let folder = try Scratch.folder()
    let register = StackRegister(ProcessEnvironment(["XDG_STATE_HOME": folder]))
    let id = String(repeating: "0", count: 32)
    let info = try StackInfo(json: changed("id", .string(id)), path: "\(folder)/stack.json")
    try register.enter(info, bytes: info.json.bytes(), since: Instant(seconds: 0))
    try SafeFile.write(info.json.bytes(), to: info.path)
    let entry = "\(folder)/podid/stack-\(id).json"
    chmod(entry, 0o644)
    #expect(throws: FileError.self) {
      try register.entry(for: StackFile(info.path), id: id)
    }
    let whole = try SafeFile.read(entry)
    for broken in [
      [], Array("[]".utf8), Array(whole.dropLast(20)), [UInt8](repeating: 0x5B, count: 5000),
    ] {
      try SafeFile.write(broken, to: entry)
      #expect(try register.entry(for: StackFile(info.path), id: id) == nil)
    }
  }

  @Test("a process is a server only by its owner, its program and its number")
  func processes() throws {
    let own = try Executables.folder()
    let name = String(
      try #require(Executables.program(of: getpid())).split(separator: "/").last ?? "")
    #expect(ServerProgram.objection(to: getpid(), service: name, folders: [own]) == nil)
    #expect(ServerProgram.objection(to: getpid(), service: name, folders: ["/usr/bin"]) != nil)
    #expect(ServerProgram.objection(to: getpid(), service: "aws-api", folders: [own]) != nil)
    for pid in [-1, 0, 1, .min, .max, 4_194_303] as [pid_t] {
      #expect(ServerProgram.objection(to: pid, service: name, folders: [own]) != nil)
    }
    for number in [nil, -1, 0, 1, 4_194_304, .max, .min] as [Int64?] {
      #expect(ServerProgram.pid(number) == nil)
    }
    #expect(ServerProgram.pid(2) == 2)
  }

  @Test(
    "a handle is of one process, and of none for numbers that mean more",
    arguments: [-1, 0, 1] as [pid_t])
  func handles(pid: pid_t) async throws {
    let many = ProcessHandle(pid) == nil
    #expect(many)
    let child = try ChildProcess(["sleep", "100"], environment: ["PATH": "/usr/bin:/bin"])
    guard let handle = ProcessHandle(child.pid) else {
      Issue.record("there is no handle of a process that runs")
      return
    }
    let sent = handle.send(SIGTERM)
    #expect(sent)
    #expect(await child.end() == 128 + SIGTERM)
    let sentAgain = handle.send(SIGKILL)
    #expect(!sentAgain)
  }

  @Test("what a server says of its clock is a time", arguments: ["1e999", "-1e308", "9e18"])
  func clocks(number: String) {
    let seconds = ClockOffsets.seconds(of: ["offsetSeconds": .number(number)])
    #expect(abs(seconds) == 3_200_000_000)
  }
}
