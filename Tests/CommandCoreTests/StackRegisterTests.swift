import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// What the user's register makes of stacks that run, and of those that ended without a word.
@Suite(.timeLimit(.minutes(10))) struct StackRegisterTests {
  private let known: KnownStack
  private var folder: String { known.folder }

  init() throws { known = try KnownStack() }

  private func isEntered(_ digit: String) -> Bool { SafeFile.exists(known.entry(digit)) }

  @Test("an entry says all that is to be known of a stack")
  func entries() throws {
    let info = try known.write("a", at: "\(folder)/stack.json", state: "/state", since: 7)
    let file = try StackFile(info.path)
    let entry = try #require(try known.register.entry(for: file, id: info.id))
    #expect(entry.id == info.id && entry.path == info.path && entry.state == "/state")
    #expect(entry.pid == getpid() && entry.since == "1970-01-01T00:00:07.000Z" && entry.isHere)
    #expect(entry.programs == (try Executables.folder()))
    for pid in [0, -1, 99_999_999_999] as [JSON] {
      try known.set("pid", pid, of: "a")
      #expect(try known.register.entry(for: file, id: info.id) == nil)
    }
    try known.set("pid", 5, of: "a")
    #expect(try known.register.entry(for: file, id: info.id)?.pid == 5)
    // The entry of another id under this name.
    try known.set("id", .string(KnownStack.id("b")), of: "a")
    #expect(try known.register.entry(for: file, id: info.id) == nil)
  }

  @Test("a file that podid writes anew is known by its new bytes, and no more by the old ones")
  func renewed() throws {
    let info = try known.write("a", at: "\(folder)/stack.json")
    let file = try StackFile(info.path)
    let entry = try #require(try known.register.entry(for: file, id: info.id))
    let renewed = try known.register.renew(entry, bytes: [1])
    #expect(try known.register.entry(for: file, id: info.id) == nil)
    try SafeFile.write([1], to: info.path)
    let found = try known.register.entry(for: StackFile(info.path), id: info.id)
    #expect(found?.id == renewed.id && found?.digest == renewed.digest)
    #expect(renewed.since == entry.since && renewed.pid == entry.pid)
  }

  @Test("a stack that stops takes its entry and its kubeconfigs, unless another has its place")
  func leaves() throws {
    let path = "\(folder)/stack.json"
    try known.write("a", at: path)
    try known.write("b", at: path)
    try known.write("c", at: "\(folder)/other.json")
    let register = UserRegister(known.environment)
    for name in KubeconfigCopy.names(for: path) { try register.write(name, [1], isSynced: false) }
    known.register.leave(KnownStack.id("a"), path: path)
    #expect(!isEntered("a") && isEntered("b") && isEntered("c"))
    #expect(try register.names().count { $0.hasPrefix("kubeconfig-") } == 4)
    known.register.leave("../stack-\(KnownStack.id("b"))", path: path)
    #expect(isEntered("b"))
    known.register.leave(KnownStack.id("b"), path: path)
    #expect(!isEntered("b") && isEntered("c"))
    #expect(try register.names().count { $0.hasPrefix("kubeconfig-") } == 0)
  }

  @Test("whoever enters removes what killed processes left, and nothing of those that are there")
  func left() throws {
    let register = UserRegister(known.environment)
    try known.write("a", at: "\(folder)/gone.json")
    try known.write("b", at: "\(folder)/kept.json")
    try known.write("c", at: "\(folder)/coming.json")
    for name in ["gone", "kept", "never"] {
      for name in KubeconfigCopy.names(for: "\(folder)/\(name).json") {
        try register.write(name, [1], isSynced: false)
      }
    }
    try register.write("other", [1], isSynced: false)
    // Of one that was killed the file is gone; of another it is there; the third's is still to come.
    for digit in ["a", "b"] { try known.set("pid", 4_194_303, of: digit) }
    unlink("\(folder)/gone.json")
    unlink("\(folder)/coming.json")
    try known.write("d", at: "\(folder)/new.json")
    #expect(!isEntered("a") && isEntered("b") && isEntered("c") && isEntered("d"))
    let names = try register.names()
    #expect(
      Set(names.filter { $0.hasPrefix("kubeconfig-") })
        == Set(KubeconfigCopy.names(for: "\(folder)/kept.json")))
    #expect(names.contains("other"))
  }

  @Test("those whose servers run are listed, the oldest first; of others all is removed")
  func running() async throws {
    let line = try Lifeline()
    let server = try await known.server(in: folder, line)
    for (digit, since) in [("a", 30), ("b", 10), ("c", 20)] as [(String, Int64)] {
      try known.write(digit, at: "\(folder)/\(digit).json", pid: server.pid, since: since)
      try known.set("programs", .string(folder), of: digit)
    }
    try known.write("d", at: "\(folder)/d.json")
    // A server that is another program is none.
    try known.write("e", at: "\(folder)/e.json", pid: server.pid)
    // One whose file has changed: its process may be about to write it.
    try known.write("f", at: "\(folder)/f.json", pid: server.pid)
    try SafeFile.write([0x20], to: "\(folder)/f.json")
    let found = try known.register.running()
    #expect(found.map(\.path) == ["b", "c", "a"].map { "\(folder)/\($0).json" })
    #expect(found.first?.entry?.programs == folder)
    for digit in ["d", "e"] {
      #expect(!isEntered(digit) && !SafeFile.exists("\(folder)/\(digit).json"))
    }
    #expect(isEntered("f") && SafeFile.exists("\(folder)/f.json"))
    try known.set("pid", 4_194_303, of: "f")
    #expect(try known.register.running().count == 3)
    #expect(!isEntered("f") && SafeFile.exists("\(folder)/f.json"))
    withExtendedLifetime(line) {}
  }
}
