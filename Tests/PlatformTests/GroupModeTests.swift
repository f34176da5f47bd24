import Glibc
import TestSupport
import Testing

@testable import Platform

/// Modes of a state's files that let its group in, and nobody else.
@Suite struct GroupModeTests {
  @Test(
    "a key is its owner's alone, also where but the group might read it",
    arguments: [0o640, 0o604, 0o610] as [UInt32])
  func group(mode: UInt32) throws {
    let state = try StateFolder(root: Scratch.path())
    let key = try state.folder("kubernetes-api").file("sa.key")
    try SafeFile.write([1], to: key, mode: mode)
    #expect(try PrivateModes.repair(state.path))
    var status = stat()
    #expect(stat(key, &status) == 0 && status.st_mode & 0o7777 == 0o600)
    #expect(try !PrivateModes.repair(state.path))
  }
}
