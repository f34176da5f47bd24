import Glibc
import JSON
import TestSupport
import Testing

@testable import Platform

/// Ways to folders, and what a holder that was killed left in one.
@Suite struct StatePathTests {
  @Test("a state is made with all above it, by a path with a slash at its end as well")
  func made() throws {
    let path = "\(try Scratch.folder())/a/b/state"
    #expect(try StateFolder(root: path + "/").path == path)
    #expect(try StateFolder(root: path).folder("x").path == path + "/x")
    try SafeFile.write(Array("mine".utf8), to: path + "/.gitignore")
    _ = try StateFolder(root: path)
    #expect(try SafeFile.readText(path + "/.gitignore") == "mine")
  }

  @Test("links are refused at the end of a path and as .podid on it, and nowhere else")
  func links() throws {
    let root = try Scratch.folder()
    try SafeFile.makeFolder("\(root)/real")
    try SafeFile.makeFolder("\(root)/real/.podid")
    symlink("real", "\(root)/link")
    symlink("real", "\(root)/.podid")
    symlink("real", "\(root)/x.podid")
    for (path, isRefused) in [
      ("link", true), ("link/state", false), (".podid/state", true), ("x.podid/state", false),
      ("real/.podid/state", false), ("link/.podid/state", false), ("none/.podid", false),
    ] {
      let full = "\(root)/\(path)"
      if isRefused {
        #expect(throws: FileError.self, "\(path)") { try StateFolder.refuseLinks(in: full) }
      } else {
        try StateFolder.refuseLinks(in: full)
      }
    }
  }

  @Test("whoever holds a folder removes what was begun there, but not in that of all servers")
  func begun() throws {
    let state = try StateFolder(root: Scratch.path())
    for name in ["a~", "b"] { try SafeFile.write([1], to: state.file(name)) }
    var lock: StateLock? = try state.lock(isRoot: true)
    #expect(SafeFile.exists(state.file("a~")))
    lock?.release()
    lock = try state.lock()
    #expect(!SafeFile.exists(state.file("a~")) && SafeFile.exists(state.file("b")))
    #expect(try SafeFile.readText(state.file("lock")) == "\(getpid())\n")
    // One that was released, or is gone, holds nothing.
    #expect(throws: FileError.self) { try state.lock() }
    lock = nil
    _ = try state.lock()
  }

  @Test("a way ends at the first folder that is not there, which is made for this user alone")
  func ways() throws {
    let root = try Scratch.folder()
    symlink("real", "\(root)/link")
    try SafeFile.makeFolder("\(root)/real")
    let way = try TrustedWay(to: "\(root)/./real/../link/a/b")
    #expect(way.end == "\(root)/real" && way.missing == ["a", "b"])
    try way.make()
    let whole = try TrustedWay(to: "\(root)/link/a/b/")
    #expect(whole.end == "\(root)/real/a/b" && whole.missing.isEmpty)
    var status = stat()
    #expect(stat("\(root)/real/a", &status) == 0 && status.st_mode & 0o777 == 0o700)
    #expect(try TrustedWay(to: "/").end == "/")
    let above = try TrustedWay(to: "\(root)/none/../x")
    #expect(throws: FileError.self) { try above.make() }
    #expect(!SafeFile.exists("\(root)/x"))
  }

  @Test("a way that others may change is refused, and so is one through a file")
  func refused() throws {
    let root = try Scratch.folder()
    try SafeFile.makeFolder("\(root)/a")
    for (bits, isRefused) in [
      (0o722, true), (0o702, true), (0o720, true), (0o755, false), (0o1777, false),
    ] {
      chmod("\(root)/a", mode_t(bits))
      if isRefused {
        let error = #expect(throws: FileError.self) { try TrustedWay(to: "\(root)/a/b") }
        #expect(error?.description == "\(root)/a: may be written by others: chmod go-w it")
      } else {
        _ = try TrustedWay(to: "\(root)/a/b")
      }
    }
    try SafeFile.write([], to: "\(root)/file")
    let error = #expect(throws: FileError.self) { try TrustedWay(to: "\(root)/file/x") }
    #expect(error?.code == ENOTDIR)
  }

  @Test("a way through another user's folder or link is refused", .enabled(if: geteuid() == 0))
  func strangers() throws {
    let root = try Scratch.folder()
    try SafeFile.makeFolder("\(root)/a")
    chown("\(root)/a", 4711, 4711)
    symlink("/", "\(root)/link")
    lchown("\(root)/link", 4711, 4711)
    for name in ["a", "link"] {
      let error = #expect(throws: FileError.self) { try TrustedWay(to: "\(root)/\(name)/x") }
      #expect(error?.description == "\(root)/\(name): belongs to another user")
    }
  }

  @Test("forty links lead somewhere, more lead nowhere")
  func chains() throws {
    let root = try Scratch.folder()
    for number in 1...41 {
      symlink(number == 1 ? "." : "link\(number - 1)", "\(root)/link\(number)")
    }
    #expect(try TrustedWay(to: "\(root)/link40").end == root)
    let error = #expect(throws: FileError.self) { try TrustedWay(to: "\(root)/link41") }
    #expect(error?.description.hasSuffix("has too many links") == true)
  }

  @Test("entries of the register are read, found and removed by one name")
  func register() throws {
    let root = try Scratch.folder()
    let register = UserRegister(ProcessEnvironment(["XDG_STATE_HOME": root]))
    #expect(try register.names() == [] && register.read("a") == nil && register.place("a") == nil)
    register.remove("a")
    try register.write("a", [1], isSynced: false)
    #expect(try register.names() == ["a"] && register.read("a") == [1])
    #expect(try register.place("a") == "\(root)/podid/a" && register.place("b") == nil)
    try SafeFile.write([1], to: "\(root)/outside")
    register.remove("../outside")
    #expect(try SafeFile.exists("\(root)/outside") && register.place("../outside") == nil)
    chmod("\(root)/podid/a", 0o640)
    let error = #expect(throws: FileError.self) { try register.read("a") }
    #expect(error?.description.hasSuffix("may be read or written by others: chmod 600 it") == true)
    register.remove("a")
    #expect(try register.names() == [])
    unlink("\(root)/podid")
    rmdir("\(root)/podid")
    try SafeFile.write([], to: "\(root)/podid")
    #expect(throws: FileError.self) { try register.read("a") }
  }
}
