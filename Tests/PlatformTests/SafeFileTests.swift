import Glibc
import TestSupport
import Testing

@testable import Platform

/// Files: read whole or not at all, written whole or not at all.
@Suite struct SafeFileTests {
  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  private func reason(_ body: () throws -> Void) -> String {
    #expect(throws: FileError.self, performing: body)?.description ?? ""
  }

  @Test("what is no regular file is refused by what it is")
  func kinds() throws {
    let folder = try Scratch.folder()
    symlink("/etc/hostname", "\(folder)/link")
    mkfifo("\(folder)/pipe", 0o600)
    for (name, text) in [
      ("link", "is a symbolic link"), ("pipe", "is not a regular file"),
      (".", "is not a regular file"), ("none", "No such file or directory"),
    ] {
      let path = "\(folder)/\(name)"
      #expect(reason { _ = try SafeFile.read(path) } == "\(path): \(text)")
    }
    let error = #expect(throws: FileError.self) { try SafeFile.read("\(folder)/none") }
    #expect(error?.code == ENOENT)
    #expect(FileError(path: "x", reason: "y").code == 0)
  }

  @Test("a path with a NUL is none, though C would take the part before it")
  func nul() throws {
    let path = try Scratch.folder() + "/a"
    try SafeFile.write([1], to: path)
    let bad = path + "\0b"
    #expect(!SafeFile.exists(bad) && SafeFile.exists(path))
    for use in [
      { _ = try SafeFile.read(bad) }, { try SafeFile.write([2], to: bad) },
      { try SafeFile.makeFolder(bad) }, { try SafeFile.checkSole(bad) },
      { _ = try SafeFile.openInPlace(bad, O_WRONLY) },
    ] as [() throws -> Void] {
      #expect(reason(use) == "\(path): a NUL follows")
    }
    #expect(try SafeFile.read(path) == [1])
  }

  @Test("text is UTF-8, or none")
  func text() throws {
    let path = Scratch.path()
    try SafeFile.write(Array("é\0".utf8), to: path)
    #expect(try SafeFile.readText(path) == "é\0")
    try SafeFile.write([0xC3], to: path)
    #expect(reason { _ = try SafeFile.readText(path) } == "\(path): is not UTF-8 text")
  }

  @Test("a file is written with its mode, whatever was there, and nothing else stays beside it")
  func written() throws {
    let folder = try Scratch.folder()
    let path = "\(folder)/a"
    try SafeFile.write([1], to: path)
    #expect(mode(path) == 0o600)
    try SafeFile.write([2, 3], to: path, mode: 0o644, isSynced: false)
    #expect(mode(path) == 0o644)
    #expect(try SafeFile.read(path) == [2, 3])
    // A folder is in the way: what was begun is removed.
    try SafeFile.makeFolder("\(folder)/b")
    try SafeFile.write([1], to: "\(folder)/b/x")
    #expect(reason { try SafeFile.write([1], to: "\(folder)/b") }.hasPrefix("\(folder)/b: "))
    #expect(Set(FolderWalk(path: folder)?.names() ?? []) == ["a", "b"])
    #expect(reason { try SafeFile.write([1], to: "\(folder)/none/x") }.contains("No such file"))
    // A link is replaced, not followed.
    symlink("a", "\(folder)/link")
    try SafeFile.write([9], to: "\(folder)/link")
    #expect(try SafeFile.read(path) == [2, 3])
    #expect(try SafeFile.read("\(folder)/link") == [9])
  }

  @Test("a file that must be new is made once, with nothing left beside it")
  func created() throws {
    let folder = try Scratch.folder()
    let path = "\(folder)/a"
    #expect(try SafeFile.create([1], at: path, mode: 0o640))
    #expect(mode(path) == 0o640)
    #expect(try !SafeFile.create([2], at: path))
    #expect(FolderWalk(path: folder)?.names() == ["a"])
    #expect(reason { _ = try SafeFile.create([1], at: "\(folder)/none/x") }.contains("No such"))
  }

  @Test("a folder is made or there; a file and a link in its place are refused")
  func folders() throws {
    let folder = try Scratch.folder()
    try SafeFile.makeFolder("\(folder)/a", mode: 0o750)
    #expect(mode("\(folder)/a") == 0o750)
    try SafeFile.makeFolder("\(folder)/a")
    #expect(mode("\(folder)/a") == 0o750)
    try SafeFile.write([], to: "\(folder)/file")
    symlink("a", "\(folder)/link")
    #expect(reason { try SafeFile.makeFolder("\(folder)/file") }.hasSuffix("Not a directory"))
    #expect(reason { try SafeFile.makeFolder("\(folder)/link") }.hasSuffix("is a symbolic link"))
    #expect(
      reason { try SafeFile.makeFolder("\(folder)/none/x") }.hasSuffix("No such file or directory"))
    #expect(SafeFile.exists("\(folder)/link") && !SafeFile.exists("\(folder)/none"))
  }

  @Test("another user's file is none of ours", .enabled(if: geteuid() == 0))
  func strangers() throws {
    let path = Scratch.path()
    try SafeFile.write([1], to: path, mode: 0o640)
    let found = try SafeFile.readOwn(path, limit: 1)
    #expect(found.bytes == [1] && found.mode == 0o640)
    chown(path, 4711, 4711)
    #expect(
      reason { _ = try SafeFile.readOwn(path, limit: 1) } == "\(path): belongs to another user")
    #expect(try SafeFile.read(path) == [1])
  }
}
