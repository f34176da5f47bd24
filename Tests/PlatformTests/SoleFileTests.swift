import Glibc
import TestSupport
import Testing

@testable import Platform

/// What is written in place is a regular file that has no other name.
@Suite struct SoleFileTests {
  private func reason(_ path: String) throws -> String {
    let error = #expect(throws: FileError.self) {
      close(try SafeFile.openInPlace(path, O_WRONLY | O_APPEND))
    }
    let same = #expect(throws: FileError.self) { try SafeFile.checkSole(path) }
    #expect(error?.description == same?.description)
    return error?.description ?? ""
  }

  @Test("a missing file is made, for its owner alone; one that is there is appended to")
  func made() throws {
    let path = try Scratch.folder() + "/a.log"
    try SafeFile.checkSole(path)
    for text in ["x", "y"] {
      let file = try SafeFile.openInPlace(path, O_WRONLY | O_APPEND)
      #expect(write(file, text, 1) == 1)
      close(file)
    }
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(try SafeFile.readText(path) == "xy")
  }

  @Test("a pipe that nobody reads is refused, not waited for")
  func pipe() throws {
    let path = try Scratch.folder() + "/a.log"
    #expect(mkfifo(path, 0o600) == 0)
    #expect(try reason(path) == "\(path): is not a regular file")
  }

  @Test("a link of either kind is refused, and what it leads to stays as it is")
  func links() throws {
    let folder = try Scratch.folder()
    try SafeFile.write(Array("own".utf8), to: "\(folder)/other", mode: 0o644)
    symlink("other", "\(folder)/soft")
    link("\(folder)/other", "\(folder)/hard")
    #expect(try reason("\(folder)/soft") == "\(folder)/soft: is a symbolic link")
    #expect(try reason("\(folder)/hard").contains("/hard: is a hard link"))
    #expect(try SafeFile.readText("\(folder)/other") == "own")
  }

  @Test("a lock that is a hard link or a pipe holds nothing, and is named")
  func lock() throws {
    let folder = try StateFolder(root: Scratch.path())
    let other = folder.file("other")
    try SafeFile.write(Array("own".utf8), to: other)
    link(other, folder.file("lock"))
    let error = #expect(throws: FileError.self) { try folder.lock(isRoot: true) }
    #expect(error?.description.contains("/lock: is a hard link") == true)
    #expect(try SafeFile.readText(other) == "own")
    unlink(folder.file("lock"))
    #expect(mkfifo(folder.file("lock"), 0o600) == 0)
    #expect(throws: FileError.self) { try folder.lock(isRoot: true) }
  }

  @Test("no mode is changed by another name")
  func modes() throws {
    let folder = try StateFolder(root: Scratch.path())
    let other = try Scratch.folder() + "/other"
    try SafeFile.write(Array("own".utf8), to: other, mode: 0o644)
    link(other, folder.file("stack.json"))
    let error = #expect(throws: FileError.self) { try PrivateModes.repair(folder.path) }
    #expect(error?.description.contains("/stack.json: is a hard link") == true)
    var status = stat()
    #expect(stat(other, &status) == 0 && status.st_mode & 0o777 == 0o644)
  }
}
