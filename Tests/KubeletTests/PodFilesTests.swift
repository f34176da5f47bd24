import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import Kubelet

/// A volume's folder after others were at it, and folders of pods.
@Suite struct PodFilesTests {
  private let root: String
  private let folder: AtomicFolder
  private let base: String

  init() throws {
    root = try Scratch.folder()
    folder = AtomicFolder(root: root, names: ["v"])
    base = "\(root)/v"
  }

  private func write(_ files: [String: String]) throws {
    try folder.write(
      files.sorted { $0.key < $1.key }.map {
        VolumeFile(path: $0.key, bytes: Array($0.value.utf8), mode: 0o644)
      }, now: Instant(seconds: 1_795_500_000), randomness: .system)
  }

  private var names: [String] { (FolderWalk(path: base)?.names() ?? []).sorted() }

  /// The text behind the links of a name; nil where there is none.
  private func text(_ name: String) -> String? {
    guard let path = realpath("\(base)/\(name)", nil) else { return nil }
    defer { free(path) }
    return try? SafeFile.readText(String(cString: path))
  }

  private var target: String? {
    realpath("\(base)/..data", nil).map { path in
      defer { free(path) }
      return String(cString: path)
    }
  }

  @Test("bytes of the same length that somebody changed are written anew")
  func changedBytes() throws {
    try write(["token": "one"])
    let before = try #require(target)
    unlink("\(before)/token")
    try SafeFile.write(Array("two".utf8), to: "\(before)/token")
    try write(["token": "one"])
    #expect(text("token") == "one" && target != before)
  }

  @Test("a file that somebody adds or takes away inside is put right")
  func inside() throws {
    try write(["a": "1", "b": "2"])
    let first = try #require(target)
    try SafeFile.write([0x33], to: "\(first)/c")
    try write(["a": "1", "b": "2"])
    #expect(target != first && text("c") == nil)
    let second = try #require(target)
    unlink("\(second)/b")
    try write(["a": "1", "b": "2"])
    #expect(text("b") == "2" && target != second)
  }

  @Test("files in folders of a volume are the same where they are, and are written once")
  func nested() throws {
    for files in [["a/b": "1"], ["a/b": "1", "a/c": "2"], ["a/b": "1", "d": "2", "e/f/g": "3"]] {
      try write(files)
      let before = target
      try write(files)
      #expect(target == before, "\(files)")
      for (path, value) in files { #expect(text(path) == value) }
    }
    #expect(names.count == 2 + 3)
  }

  @Test("a file in the place of a link gives way, and one that is nobody's stays")
  func links() throws {
    try write(["token": "one"])
    unlink("\(base)/token")
    try SafeFile.write([0x32], to: "\(base)/token")
    try SafeFile.write([0x33], to: "\(base)/own")
    try write(["token": "one"])
    #expect(text("token") == "one" && text("own") == "3")
    unlink("\(base)/token")
    try write(["token": "one"])
    #expect(text("token") == "one")
    // A link that leads elsewhere than through `..data` is another's, too.
    symlink("/nosuch", "\(base)/elsewhere")
    try write(["other": "x"])
    #expect(text("token") == nil)
    #expect(Set(names).isSuperset(of: ["elsewhere", "other", "own"]))
  }

  @Test("what a writer that was killed left is cleared, and holds nobody up")
  func killed() throws {
    for name in ["..2026_01.1", "..old/x"] {
      try SafeFile.makeFolder(base)
      try SafeFile.makeFolder("\(base)/\(name.split(separator: "/")[0])")
      try SafeFile.write([0x31], to: "\(base)/\(name.hasSuffix("x") ? name : name + "/y")")
    }
    symlink("..2026_01.1", "\(base)/..data_tmp")
    try write(["token": "one"])
    #expect(names.count == 3 && text("token") == "one")
    try SafeFile.makeFolder("\(base)/..left")
    try write(["token": "one"])
    #expect(names.count == 3)
  }

  @Test("the folder of the files is of the time that it was made at, and others may enter it")
  func form() throws {
    try write(["token": "one"])
    let path = try #require(target)
    let name = try #require(path.split(separator: "/").last)
    let parts = name.dropFirst(2).split(separator: ".")
    #expect(name.hasPrefix("..") && parts.count == 2)
    #expect(parts[0] == "20261124060000" || parts[0].allSatisfy(\.isNumber))
    #expect(parts[1].utf8.count == 9 && parts[1].allSatisfy(\.isNumber))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o755)
    #expect(stat(base, &status) == 0 && status.st_mode & 0o777 == 0o700)
    let open = AtomicFolder(root: root, names: ["w", "x"], mode: 0o755)
    try open.write([], now: Instant(seconds: 0), randomness: .system)
    #expect(stat("\(root)/w/x", &status) == 0 && status.st_mode & 0o777 == 0o755)
  }

  @Test("pods that have folders are found, and removed with their namespace's last one")
  func pods() throws {
    for folder in ["n", "n/p", "n/p/v", "n/q", "m", "m/p", "empty"] {
      try SafeFile.makeFolder("\(root)/\(folder)")
    }
    try SafeFile.write([1], to: "\(root)/n/p/v/file")
    func present() -> [String] {
      PodVolumes.present(root: root).map { "\($0.namespace)/\($0.pod)" }.sorted()
    }
    #expect(present() == ["m/p", "n/p", "n/q"])
    for pod in ["..", ".", "", "p/v", "nosuch"] {
      PodVolumes.remove(namespace: "n", pod: pod, root: root)
    }
    PodVolumes.remove(namespace: "..", pod: "p", root: root)
    #expect(present() == ["m/p", "n/p", "n/q"])
    PodVolumes.remove(namespace: "n", pod: "p", root: root)
    #expect(present() == ["m/p", "n/q"])
    #expect(!SafeFile.exists("\(root)/n/p"))
    PodVolumes.remove(namespace: "n", pod: "q", root: root)
    #expect(!SafeFile.exists("\(root)/n") && SafeFile.exists("\(root)/m/p"))
    #expect(PodVolumes.present(root: "\(root)/nosuch").isEmpty)
  }
}
