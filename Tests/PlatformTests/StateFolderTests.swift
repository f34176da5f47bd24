import Glibc
import Platform
import TestSupport
import Testing

@Suite struct StateFolderTests {
  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test("makes folders for the owner alone and hides itself from git")
  func modes() throws {
    let path = Scratch.path()
    let folder = try StateFolder(root: path).folder("aws-api")
    try SafeFile.write(Array("x".utf8), to: folder.file("a"))
    #expect(mode(path) == 0o700)
    #expect(mode(folder.path) == 0o700)
    #expect(mode(folder.file("a")) == 0o600)
    #expect(try SafeFile.readText(path + "/.gitignore") == "*\n")
  }

  @Test("a second holder is told who holds the state")
  func lock() throws {
    let path = Scratch.path()
    let folder = try StateFolder(root: path)
    let lock = try folder.lock()
    let error = #expect(throws: FileError.self) { try folder.lock() }
    #expect(error?.description.contains("in use by process \(getpid())") == true)
    withExtendedLifetime(lock) {}
  }

  @Test("never follows a symbolic link")
  func links() throws {
    let path = Scratch.path()
    let folder = try StateFolder(root: path)
    symlink("/tmp", folder.file("link"))
    symlink("/etc/hostname", folder.file("file"))
    #expect(throws: FileError.self) { try folder.folder("link") }
    #expect(throws: FileError.self) { try SafeFile.read(folder.file("file")) }
    #expect(throws: FileError.self) { try StateFolder(root: folder.file("link")) }
  }

  @Test("creates a file once")
  func create() throws {
    let folder = try StateFolder(root: Scratch.path())
    #expect(try SafeFile.create([1], at: folder.file("k")))
    #expect(try !SafeFile.create([2], at: folder.file("k")))
    #expect(try SafeFile.read(folder.file("k")) == [1])
  }

  @Test("refuses a file larger than the limit")
  func limit() throws {
    let folder = try StateFolder(root: Scratch.path())
    try SafeFile.write([UInt8](repeating: 1, count: 5000), to: folder.file("k"))
    #expect(throws: FileError.self) { try SafeFile.read(folder.file("k"), limit: 4999) }
    #expect(try SafeFile.read(folder.file("k"), limit: 5000).count == 5000)
  }
}
