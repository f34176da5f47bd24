import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// There is one stack at a place.
@Suite(.timeLimit(.minutes(10))) struct StackPlaceTests {
  private let known: KnownStack
  private let line: Lifeline
  private let server: ChildProcess
  private var folder: String { known.folder }
  private var file: String { "\(folder)/stack.json" }

  init() async throws {
    known = try KnownStack()
    line = try Lifeline()
    server = try await known.server(in: known.folder, line)
  }

  /// A stack that runs at the place, with its entry or without.
  private func run(isEntered: Bool = true, state: String = "/s") throws {
    try known.write("a", at: file, pid: server.pid, state: state, isEntered: isEntered)
    if isEntered { try known.set("programs", .string(folder), of: "a") }
  }

  private func place(
    _ path: String? = nil, state: String? = nil, own: Set<Int32> = [], isNamed: Bool = false
  ) throws -> StackPlace {
    StackPlace(
      file: path ?? file, state: state, own: own, isNamed: isNamed, context: try known.context())
  }

  private func refusal(_ place: StackPlace) -> String {
    #expect(throws: CommandFailure.self) { try place.check() }?.description ?? ""
  }

  @Test("where a stack runs no other may be: it is told since when, and how to stop it")
  func taken() throws {
    try place().check()
    try run()
    let text = refusal(try place())
    #expect(text.contains(" runs at \(file) already since 1970-01-01T00:00:00.000Z, process "))
    #expect(text.contains("process \(getpid()); podid down --stack \(file) stops it"))
    #expect(text.hasPrefix("a stack of user "))
    // The stack's own servers are no other stack.
    try place(own: [server.pid]).check()
    try place("\(folder)/other.json").check()
  }

  @Test("a file without an entry tells of a stack only by servers that are this podid's programs")
  func named() throws {
    try run(isEntered: false)
    try place().check()
    try place(isNamed: true).check()
  }

  @Test("a state that a stack has is no other's, by whatever path")
  func state() throws {
    let state = try Scratch.folder()
    try run(state: state)
    symlink(state, "\(folder)/link")
    for path in [state, "\(folder)/link"] {
      let text = refusal(try place("\(folder)/other.json", state: path))
      #expect(text.contains(" runs with the state \(path) already"))
      #expect(text.contains("podid down --stack \(file) stops it"))
    }
    try place("\(folder)/other.json", state: "\(state)x").check()
    try place("\(folder)/other.json").check()
  }

  @Test("another user's file is left alone", .enabled(if: geteuid() == 0))
  func strangers() throws {
    try SafeFile.write([], to: file)
    chown(file, 4711, 4711)
    #expect(
      refusal(try place())
        == "\(file) is a file of user 4711, whose stack may run there; --stack-file names another")
  }

  @Test("the place is looked at again before the file is written, with the folder held meanwhile")
  func write() throws {
    let folder = folder
    func isHeld() -> Bool {
      let other = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      defer { close(other) }
      return flock(other, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
    var wasHeld: [Bool] = []
    try place().write { wasHeld.append(isHeld()) }
    #expect(!isHeld())
    // In a folder that others may write, anybody could keep the lock for ever.
    chmod(folder, 0o1777)
    try place().write { wasHeld.append(isHeld()) }
    chmod(folder, 0o700)
    #expect(wasHeld == [true, false])
    try run()
    #expect(throws: CommandFailure.self) { try place().write { wasHeld.append(true) } }
    #expect(wasHeld.count == 2 && !isHeld())
  }
}
