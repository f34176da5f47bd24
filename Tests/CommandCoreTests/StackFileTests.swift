import Glibc
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// Where stack files may lie, and who may read them.
@Suite struct StackFileTests {
  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  private func reason(_ body: () throws -> Void) -> String {
    #expect(throws: CommandFailure.self, performing: body)?.description ?? ""
  }

  @Test("a file that is not there is told with the command that writes one")
  func missing() throws {
    let path = try Scratch.folder() + "/stack.json"
    #expect(
      reason { _ = try StackFile(path) } == "there is no stack file \(path); podid up writes one")
  }

  @Test("a file is read with what others may do with it, which can be taken from them")
  func open() throws {
    let path = try Scratch.folder() + "/stack.json"
    for (bits, isOpen) in [(0o600, false), (0o640, true), (0o604, true), (0o620, true)] {
      try SafeFile.write([1, 2], to: path, mode: UInt32(bits))
      let file = try StackFile(path)
      #expect(file.isOpenToOthers == isOpen && file.bytes == [1, 2] && file.path == path)
      try file.close()
      #expect(mode(path) == 0o600)
    }
  }

  @Test("no mode is changed through a link, or of a file that has another name")
  func closing() throws {
    let folder = try Scratch.folder()
    try SafeFile.write([1], to: "\(folder)/stack.json", mode: 0o644)
    let file = try StackFile("\(folder)/stack.json")
    link("\(folder)/stack.json", "\(folder)/other")
    #expect(reason { try file.close() }.contains("is a hard link"))
    #expect(mode("\(folder)/other") == 0o644)
    symlink("stack.json", "\(folder)/link.json")
    #expect(reason { _ = try StackFile("\(folder)/link.json") }.hasSuffix("so it is not trusted"))
  }

  @Test(
    "a folder that others may write is none for a stack file, unless it is everybody's and sticky",
    arguments: [
      (0o700, true), (0o755, true), (0o775, false), (0o757, false), (0o777, false), (0o1777, true),
      (0o1775, true), (0o1755, true),
    ])
  func folders(bits: Int, isTrusted: Bool) throws {
    let folder = try Scratch.folder()
    chmod(folder, mode_t(bits))
    if isTrusted { return try StackFile.check(folder: folder) }
    #expect(
      reason { try StackFile.check(folder: folder) }
        == "\(folder) may be written by others, so it is not trusted")
    try SafeFile.write([1], to: "\(folder)/stack.json")
    #expect(reason { _ = try StackFile("\(folder)/stack.json") }.hasPrefix(folder))
  }

  @Test("a link to a folder is none, and what is not there is told so")
  func links() throws {
    let folder = try Scratch.folder()
    symlink("/tmp", "\(folder)/link")
    #expect(
      reason { try StackFile.check(folder: "\(folder)/link") }
        == "\(folder)/link is a symbolic link, so it is not trusted")
    #expect(
      reason { try StackFile.check(folder: "\(folder)/none") }
        == "\(folder)/none: No such file or directory")
  }

  @Test("another user's folder is none", .enabled(if: geteuid() == 0))
  func strangers() throws {
    let folder = try Scratch.folder()
    chown(folder, 4711, 4711)
    #expect(
      reason { try StackFile.check(folder: folder) }
        == "\(folder) belongs to another user, so it is not trusted")
    // Everybody's, whoever made it: its sticky bit is what counts.
    chmod(folder, 0o1777)
    try StackFile.check(folder: folder)
    chmod(folder, 0o1755)
    #expect(throws: CommandFailure.self) { try StackFile.check(folder: folder) }
    let own = try Scratch.folder() + "/.podid"
    try SafeFile.makeFolder(own)
    chown(own, 4711, 4711)
    #expect(
      reason { _ = try StackFile.prepare("\(own)/stack.json") }
        == "\(own) belongs to another user")
  }

  @Test("the folder .podid is closed to those who might write it, and no other folder is")
  func prepare() throws {
    let folder = try Scratch.folder()
    let own = "\(folder)/.podid"
    // Nothing is made, and nothing said of what is not there.
    #expect(try StackFile.prepare("\(own)/stack.json") == nil && !SafeFile.exists(own))
    try SafeFile.makeFolder(own)
    for (bits, isClosed) in [(0o700, false), (0o755, false), (0o775, true), (0o702, true)] {
      chmod(own, mode_t(bits))
      let said = isClosed ? "\(own) might be written by others; it is 0700 now" : nil
      #expect(try StackFile.prepare("\(own)/stack.json") == said)
      #expect(mode(own) == (isClosed ? 0o700 : UInt32(bits)))
    }
    chmod(folder, 0o775)
    #expect(try StackFile.prepare("\(folder)/stack.json") == nil && mode(folder) == 0o775)
  }

  @Test("a folder in the file's place, a file in the folder's and a link are refused")
  func inTheWay() throws {
    let folder = try Scratch.folder()
    #expect(
      reason { _ = try StackFile.prepare(folder) }
        == "\(folder) is a folder; a stack file is to be written there")
    try SafeFile.write([], to: "\(folder)/.podid")
    #expect(
      reason { _ = try StackFile.prepare("\(folder)/.podid/stack.json") }
        == "\(folder)/.podid is no folder")
    try SafeFile.write([], to: "\(folder)/stack.json")
    #expect(try StackFile.prepare("\(folder)/stack.json") == nil)
    symlink("stack.json", "\(folder)/link.json")
    #expect(
      reason { _ = try StackFile.prepare("\(folder)/link.json") }
        == "\(folder)/link.json: is a symbolic link")
  }

  @Test(
    "the folder of a path",
    arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b/c", "a/b"), ("/a/b/", "/a/b")])
  func folder(path: String, folder: String) { #expect(StackFile.folder(of: path) == folder) }

  @Test("a place is the same by whatever way one comes to it")
  func place() throws {
    let folder = try Scratch.folder()
    symlink(folder, "\(folder)/link")
    #expect(StackFile.place("\(folder)/link/x.json") == "\(folder)/x.json")
    #expect(
      StackFile.place("\(folder)/../\(folder.split(separator: "/").last ?? "")/x") == "\(folder)/x")
    #expect(StackFile.place("/x") == "/x")
    #expect(StackFile.place("\(folder)/none/x") == "\(folder)/none/x")
  }
}
