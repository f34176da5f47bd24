import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// What the guard of an ephemeral stack does once podid is gone, each in a process of its own.
@Suite(.timeLimit(.minutes(10))) struct StackGuardTests {
  /// Runs a guard of a folder, with what podid said before its end; whether a process of the stack
  /// and the folder are still there, and the exit code.
  private static func guarding(
    _ said: [UInt8], name: String = "podid-x"
  ) async throws -> (code: Int32, isRunning: Bool, isThere: Bool) {
    let folder = "\(try Scratch.folder())/\(name)"
    try SafeFile.makeFolder(folder)
    try SafeFile.makeFolder("\(folder)/state")
    let child = try ChildProcess(
      ["/bin/sleep", "1000"], environment: [MarkedProcesses.variable.bytes: folder])
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    dup2(ends[0], 0)
    _ = said.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
    close(ends[1])
    let code = await StackGuard.run(folder)
    let isRunning = child.isRunning
    child.send(SIGKILL)
    _ = await child.end()
    return (code, isRunning, SafeFile.exists(folder))
  }

  @Test("where podid says that all is in order, nothing is ended and nothing is removed")
  func dismissed() async {
    await #expect(processExitsWith: .success) {
      let found = try await StackGuardTests.guarding([0x2E])
      #expect(found.code == 0 && found.isRunning && found.isThere)
    }
  }

  @Test("where podid ends without that word, its processes and its folder go")
  func left() async {
    await #expect(processExitsWith: .success) {
      for said in [[], [0x2F]] as [[UInt8]] {
        let found = try await StackGuardTests.guarding(said)
        #expect(found.code == 0 && !found.isRunning && !found.isThere)
      }
      // A folder that is none of podid's stays.
      let other = try await StackGuardTests.guarding([], name: "other")
      #expect(!other.isRunning && other.isThere)
    }
  }
}
