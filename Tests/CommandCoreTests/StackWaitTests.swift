import Glibc
import HTTP
import JSON
import KubernetesClient
import Platform
import Synchronization
import TestSupport
import Testing

@testable import CommandCore

/// What is waited for of a stack, and for how long.
@Suite(.timeLimit(.minutes(10))) struct StackWaitTests {
  @Test("the key that signs tokens is sealed once it is there, unless a seal has one")
  func completes() async throws {
    let folder = try Scratch.folder()
    let environment = ProcessEnvironment(["XDG_STATE_HOME": "\(folder)/home"])
    let state = "\(folder)/state"
    let origin = try StateOrigin(state, isNamed: true, register: UserRegister(environment))
    try #require(origin.registerFailure == nil)
    let seal = StateSeal(state, environment)
    // Without a seal there is nothing to complete.
    await seal.complete()
    try seal.write()
    try SafeFile.makeFolder("\(state)/kubernetes-api")
    let key = "\(state)/kubernetes-api/sa.key"
    try SafeFile.write([1], to: key)
    await seal.complete()
    try seal.check()
    try SafeFile.write([2], to: key)
    #expect(throws: CommandFailure.self) { try seal.check() }
    // It is sealed once: what comes later is another's.
    await seal.complete()
    #expect(throws: CommandFailure.self) { try seal.check() }
    try SafeFile.write([1], to: key)
    try seal.check()
  }

  @Test("a token's file is 4096 bytes at most, its line feed among them")
  func tokens() throws {
    let folder = try Scratch.folder([
      "kubeconfig": #"{"clusters":[{"cluster":{"server":"https://k:6443"}}]}"#
    ])
    func token(_ count: Int) throws -> String {
      let bytes = [UInt8](repeating: 0x61, count: count - 1) + [0x0A]
      try SafeFile.write(bytes, to: "\(folder)/token")
      let variables: [ByteText: String] = [
        "PODID_STACK_KUBECONFIG": "\(folder)/kubeconfig",
        "PODID_STACK_ADMIN_TOKEN_FILE": "\(folder)/token",
      ]
      return try #require(StackVariables(ProcessEnvironment(variables))).info().adminToken
    }
    #expect(try token(4096).utf8.count == 4095)
    #expect(throws: CommandFailure.self) { try token(4097) }
  }

  @Test("nobody's port has no owner, whoever listens elsewhere")
  func ports() throws {
    let descriptors = (0..<2).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
    defer { for descriptor in descriptors { close(descriptor) } }
    var ports: [UInt16] = []
    for descriptor in descriptors {
      var address = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let isBound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
      }
      try #require(isBound)
      ports.append(UInt16(bigEndian: address.sin_port))
    }
    try #require(listen(descriptors[0], 1) == 0)
    #expect(ListeningSocket.owner(ofPort: ports[0]) == geteuid())
    // Held, but nobody listens there.
    #expect(ListeningSocket.owner(ofPort: ports[1]) == nil)
  }

  @Test("a captured process is asked to stop where nobody waits for it any more")
  func captured() async throws {
    let folder = try Scratch.folder()
    let running = Task {
      try await CapturedProcess.run(
        ["sh", "-c", "echo one; echo two >&2; : >\(folder)/begun; exec sleep 1000"],
        environment: ["PATH": "/usr/bin:/bin"])
    }
    await eventually { SafeFile.exists("\(folder)/begun") }
    running.cancel()
    let found = try await running.value
    #expect(found.code == 128 + SIGTERM && found.output == ["one"] && found.errors == ["two"])
  }

  @Test(
    "where the server cannot tell whether an object is there, none is made, and that is an error")
  func objects() async throws {
    let root = try Scratch.folder([
      "kubernetes/m.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: n}\n"
    ])
    let manifest = try #require(try SeedFolder(path: root).manifests.first)
    for (code, outcome, posts) in [(404, SeedOutcome.created, 1), (403, nil, 0), (500, nil, 0)]
      as [(Int, SeedOutcome?, Int)]
    {
      let server = try SeedServer { call in
        call.hasPrefix("POST ")
          ? .json(201, [:])
          : .json(code, ["kind": "Status", "code": .integer(Int64(code)), "message": "no"])
      }
      let (info, access) = try server.stack()
      let kubernetes = try access.kubernetes(info)
      var found: SeedOutcome?
      do throws(KubernetesError) { found = try await manifest.apply(to: kubernetes) } catch {
        #expect(error.code == code)
      }
      #expect(found == outcome && server.calls.count { $0.hasPrefix("POST ") } == posts)
      await server.stop()
    }
  }
}
