import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import Kubelet

@Suite struct AtomicFolderTests {
  private func world() throws -> (root: String, folder: AtomicFolder) {
    let root = try Scratch.folder()
    return (root, AtomicFolder(root: root, names: ["ns", "pod", "var"]))
  }

  private func text(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer[..<count], as: UTF8.self)
  }

  @Test("files are seen through ..data, changed all at once, and removed when they go")
  func writes() throws {
    let (root, folder) = try world()
    let now = Instant(seconds: 1_795_500_000)
    let base = "\(root)/ns/pod/var"
    func write(_ files: [(String, String)]) throws {
      try folder.write(
        files.map { VolumeFile(path: $0.0, bytes: Array($0.1.utf8), mode: 0o640) }, now: now,
        randomness: .system)
    }
    try write([("token", "one"), ("a/b", "two")])
    #expect(text("\(base)/token") == "one")
    #expect(text("\(base)/a/b") == "two")
    #expect(text("\(base)/..data/token") == "one")
    var status = stat()
    #expect(stat("\(base)/token", &status) == 0 && status.st_mode & 0o777 == 0o640)
    let before = FolderWalk(path: base)?.names().sorted()
    try write([("token", "one"), ("a/b", "two")])
    #expect(FolderWalk(path: base)?.names().sorted() == before, "nothing is written anew")
    try write([("token", "three")])
    #expect(text("\(base)/token") == "three")
    #expect(text("\(base)/a/b") == nil)
    #expect(FolderWalk(path: base)?.names().count == 3)
  }

  @Test(
    "names that lead elsewhere are refused",
    arguments: ["../x", "/x", "a/../x", "", "..data", "a//b", "."])
  func refusals(path: String) throws {
    let folder = try world().folder
    #expect(throws: FileError.self) {
      try folder.write(
        [VolumeFile(path: path, bytes: [1], mode: 0o644)], now: Instant(seconds: 0),
        randomness: .system)
    }
  }

  @Test("a folder behind a symbolic link is not written to")
  func symbolicLinks() throws {
    let (root, folder) = try world()
    try SafeFile.makeFolder("\(root)/elsewhere")
    symlink("\(root)/elsewhere", "\(root)/ns")
    #expect(throws: FileError.self) {
      try folder.write(
        [VolumeFile(path: "x", bytes: [1], mode: 0o644)], now: Instant(seconds: 0),
        randomness: .system)
    }
    #expect(FolderWalk(path: "\(root)/elsewhere")?.names() == [])
  }

  @Test("clear takes away what was written, and leaves what others put there")
  func clears() throws {
    let (root, folder) = try world()
    let base = "\(root)/ns/pod/var"
    try folder.write(
      [VolumeFile(path: "token", bytes: [0x31], mode: 0o644)],
      now: Instant(seconds: 1_795_500_000), randomness: .system)
    try SafeFile.write([0x32], to: "\(base)/foreign")
    folder.clear()
    #expect(FolderWalk(path: base)?.names() == ["foreign"])
  }

  @Test(
    "of a folder of its own a pod has its mounts alone, which others may traverse",
    arguments: [PodMounts.Layout.node, .pod])
  func layout(layout: PodMounts.Layout) throws {
    let pod: JSON = [
      "metadata": ["name": "p", "namespace": "ns"],
      "spec": [
        "volumes": [["name": "v", "emptyDir": [:]]],
        "containers": [["volumeMounts": [["name": "v", "mountPath": "/var/run/x"]]]],
      ],
    ]
    let mounts = PodMounts(pod: pod, root: "/r", layout: layout)
    #expect(mounts.places == [layout == .pod ? "/r/var/run/x" : "/r/ns/p/var/run/x"])
    #expect(mounts.rewritten("/var/run/x/token") == mounts.places[0] + "/token")
  }
}
