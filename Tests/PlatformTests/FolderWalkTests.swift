import Glibc
import TestSupport
import Testing

@testable import Platform

/// Steps through folders, which follow no links.
@Suite struct FolderWalkTests {
  @Test(
    "a name is one part of a path",
    arguments: [
      ("a", true), ("..a", true), ("a.b", true), ("", false), (".", false), ("..", false),
      ("a/b", false), ("a\0", false), (String(repeating: "n", count: 255), true),
      (String(repeating: "n", count: 256), false),
    ])
  func names(text: String, isName: Bool) { #expect(FolderWalk.isName(text) == isName) }

  private func isThere(
    _ walk: borrowing FolderWalk, _ names: [String], making: Bool = false
  ) -> Bool {
    switch walk.folder(names, making: making) {
    case .some: true
    case .none: false
    }
  }

  private func opens(_ path: String) -> Bool {
    switch FolderWalk(path: path) {
    case .some: true
    case .none: false
    }
  }

  @Test("folders are opened and made by steps, and none through a link or a path")
  func folders() throws {
    let path = try Scratch.folder()
    guard let walk = FolderWalk(path: path) else { throw FileError(path: path, code: errno) }
    let steps = [
      isThere(walk, ["a"]), isThere(walk, ["a", "b"], making: true), isThere(walk, ["a", "b"]),
      isThere(walk, []),
    ]
    #expect(steps == [false, true, true, true])
    symlink("a", "\(path)/link")
    for names in [["link"], ["a", ".."], ["a/b"], ["a", ""]] {
      let found = [isThere(walk, names), isThere(walk, names, making: true)]
      #expect(found == [false, false], "\(names)")
    }
    #expect(opens(path) && !opens("\(path)/link") && !opens("\(path)\0"))
  }

  @Test("entries say what they are, and files are made once")
  func entries() throws {
    let path = try Scratch.folder()
    guard let walk = FolderWalk(path: path) else { throw FileError(path: path, code: errno) }
    let made = [
      walk.makeFile("file", [1, 2], mode: 0o640), walk.makeFile("file", [3], mode: 0o600),
      walk.makeFile("../x", [], mode: 0o600),
    ]
    #expect(made == [true, false, false])
    #expect(try SafeFile.read("\(path)/file") == [1, 2])
    let modes = ["file", "none", ".."].map { name in walk.status(name).map { $0.st_mode & 0o777 } }
    #expect(modes == [0o640, nil, nil])
    mkdir("\(path)/folder", 0o700)
    symlink("file", "\(path)/link")
    let kinds = Dictionary(uniqueKeysWithValues: walk.entries().map { ($0.name, $0.kind) })
    #expect(kinds == ["file": .file, "folder": .folder, "link": .other])
    // Asked again it begins at the start.
    let names = walk.names()
    #expect(Set(names) == Set(kinds.keys))
    let files = ["link", "..", "file"].map { walk.openFile($0) }
    #expect(files.map { $0 >= 0 } == [false, false, true])
    close(files[2])
    let births = ["file", ".."].map { name in walk.birth(name) == nil }
    #expect(births[1])
  }

  @Test("a tree goes with all that is in it; what its links lead to stays")
  func removed() throws {
    let path = try Scratch.folder()
    guard let walk = FolderWalk(path: path) else { throw FileError(path: path, code: errno) }
    _ = isThere(walk, ["tree", "inner"], making: true)
    try SafeFile.makeFolder("\(path)/other")
    for name in ["tree/inner/file", "other/file"] {
      try SafeFile.write([1], to: "\(path)/\(name)")
    }
    symlink("../other", "\(path)/tree/link")
    symlink("other", "\(path)/link")
    for name in ["tree", "link", "none", "../x"] { walk.removeTree(name) }
    let left = walk.names()
    #expect(left == ["other"] && SafeFile.exists("\(path)/other/file"))
  }
}
