import Glibc
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import CommandCore

/// What the register knows of a state's keys and kubeconfigs.
@Suite struct StateSealTests {
  private let environment: ProcessEnvironment
  private let folder: String

  init() throws {
    folder = try Scratch.folder()
    environment = ProcessEnvironment(["XDG_STATE_HOME": "\(folder)/home"])
  }

  /// A new state with all its files, sealed.
  private func sealed(_ name: String) throws -> String {
    let state = "\(folder)/\(name)"
    let origin = try StateOrigin(state, isNamed: true, register: UserRegister(environment))
    try #require(origin.registerFailure == nil)
    for file in StateSeal.files {
      var parts = file.split(separator: "/").dropLast().map(String.init)
      var parent = state
      while !parts.isEmpty {
        parent += "/" + parts.removeFirst()
        if !SafeFile.exists(parent) { try SafeFile.makeFolder(parent) }
      }
      try SafeFile.write(Array("what podid wrote to \(file)".utf8), to: "\(state)/\(file)")
    }
    try StateSeal(state, environment).write()
    return state
  }

  @Test("each file is sealed: with another in its place the state is refused by its name")
  func each() throws {
    let state = try sealed("state")
    let seal = StateSeal(state, environment)
    try seal.check()
    for file in StateSeal.files {
      let path = "\(state)/\(file)"
      let bytes = try SafeFile.read(path, limit: 1 << 16)
      try SafeFile.write(bytes + [0x20], to: path)
      let failure = #expect(throws: CommandFailure.self) { try seal.check() }
      #expect("\(failure.map { "\($0)" } ?? "")".contains(path))
      #expect(throws: CommandFailure.self) { try seal.check(file, is: bytes + [0x20]) }
      try seal.check(file, is: bytes)
      try SafeFile.write(bytes, to: path)
      try seal.check()
    }
  }

  @Test("the key that signs tokens is sealed once it is there")
  func late() async throws {
    let state = try sealed("state")
    let seal = StateSeal(state, environment)
    let key = "\(state)/kubernetes-api/sa.key"
    let bytes = try SafeFile.read(key, limit: 1 << 16)
    unlink(key)
    try seal.write()
    let looks = Mutex(0)
    await seal.complete(
      looks: AsyncStream {
        let count = looks.withLock { looks in
          looks += 1
          return looks
        }
        // The second look is after the first, which was in vain.
        if count == 2 { try? SafeFile.write(bytes, to: key) }
        return count <= 2 ? () : nil
      })
    try seal.check()
    #expect(throws: CommandFailure.self) {
      try seal.check("kubernetes-api/sa.key", is: bytes + [0x20])
    }
    #expect(looks.withLock { $0 } == 2)
    // It is sealed already, and stays so.
    await seal.complete()
    try seal.check()
  }

  @Test("the seal of a state that is gone goes when another is sealed, and no other does")
  func gone() throws {
    _ = try sealed("one")
    let register = UserRegister(environment)
    let first = try register.names().filter { $0.hasPrefix("state-") }
    #expect(first.count == 1)
    _ = try sealed("two")
    #expect(try register.names().count { $0.hasPrefix("seal-") } == 2)
    register.remove(first[0])
    let state = try sealed("three")
    let seals = try register.names().filter { $0.hasPrefix("seal-") }
    #expect(seals.count == 2)
    #expect(!seals.contains(first[0].replacing("state-", with: "seal-")))
    try StateSeal(state, environment).check()
  }
}
