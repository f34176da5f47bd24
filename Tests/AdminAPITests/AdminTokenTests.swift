import Glibc
import Platform
import TestSupport
import Testing

@testable import AdminAPI

/// The two small files of every server's state.
@Suite struct AdminTokenTests {
  @Test("who comes first makes the token, for this user alone; who comes later reads it")
  func token() throws {
    let path = "\(try Scratch.folder())/admin.token"
    let first = try AdminToken.load(path: path, randomness: .seeded(1))
    #expect(first.utf8.count == 43)
    #expect(try AdminToken.load(path: path, randomness: .seeded(2)) == first)
    #expect(try SafeFile.readOwn(path, limit: 4096).mode == 0o600)
  }

  @Test(
    "a token that somebody wrote is read without its blanks, and has 16 characters or more",
    arguments: [
      ("0123456789abcdef", true), ("  0123456789abcdef\n", true), ("0123456789abcde", false),
      ("0123456789abcde\n\n", false), ("", false), ("\n", false),
    ])
  func given(text: String, isTaken: Bool) throws {
    let path = "\(try Scratch.folder())/admin.token"
    try SafeFile.write(Array(text.utf8), to: path)
    let token = try? AdminToken.load(path: path, randomness: .seeded(1))
    #expect(token == (isTaken ? "0123456789abcdef" : nil))
  }

  @Test("a token is not read through a symbolic link")
  func link() throws {
    let folder = try Scratch.folder()
    try SafeFile.write(Array("0123456789abcdef".utf8), to: "\(folder)/real")
    #expect(symlink("\(folder)/real", "\(folder)/admin.token") == 0)
    #expect(throws: FileError.self) {
      try AdminToken.load(path: "\(folder)/admin.token", randomness: .seeded(1))
    }
  }

  @Test("the clock's offset is kept to the nanosecond, and none where the file is no number")
  func clock() throws {
    let file = ClockFile(path: "\(try Scratch.folder())/clock")
    #expect(file.offset == .zero)
    for offset in [Duration.nanoseconds(1), .seconds(-90), .seconds(86_400)] {
      try file.keep(offset)
      #expect(file.offset == offset)
    }
    try SafeFile.write(Array("soon\n".utf8), to: file.path)
    #expect(file.offset == .zero)
  }
}
