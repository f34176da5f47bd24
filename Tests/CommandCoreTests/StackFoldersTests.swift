import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// Folders and files around a stack: an ephemeral one's, a project's, those that servers write.
@Suite struct StackFoldersTests {
  @Test("an ephemeral stack's folder is a new one of a random name, below TMPDIR without links")
  func temporary() throws {
    let folder = try Scratch.folder()
    symlink(folder, "\(folder)/link")
    let environment = ProcessEnvironment(["TMPDIR": "\(folder)/link"])
    let path = try TemporaryFolder.path(environment, .seeded(1))
    #expect(path.hasPrefix("\(folder)/podid-") && path.utf8.count == folder.utf8.count + 19)
    #expect(try TemporaryFolder.path(environment, .seeded(2)) != path)
    #expect(!SafeFile.exists(path))
    try TemporaryFolder.make(path)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
    #expect(throws: CommandFailure.self) { try TemporaryFolder.make(path) }
    try SafeFile.write([1], to: "\(path)/x")
    TemporaryFolder.remove(path)
    #expect(!SafeFile.exists(path))
    for none in [nil, ""] {
      var environment = ProcessEnvironment([:])
      environment["TMPDIR"] = none
      #expect(try TemporaryFolder.path(environment, .seeded(1)).hasPrefix("/tmp/podid-"))
    }
  }

  @Test("a folder of another name is no ephemeral stack's, and stays")
  func others() throws {
    let folder = try Scratch.folder()
    try SafeFile.makeFolder("\(folder)/other-podid-x")
    TemporaryFolder.remove("\(folder)/other-podid-x")
    #expect(SafeFile.exists("\(folder)/other-podid-x"))
  }

  @Test("a project's folder that others may change is told, and those above it that they may")
  func projects() throws {
    let folder = try Scratch.folder()
    let project = "\(folder)/project"
    for path in [project, "\(project)/.podid"] { try SafeFile.makeFolder(path) }
    let place = ProjectFolder(of: "\(project)/.podid/stack.json")
    #expect(place.note == nil)
    let rest = "what lies in \(project)/.podid may become another user's"
    for (path, bits, isShared) in [
      (project, 0o702, true), (project, 0o757, true), (project, 0o755, false),
      (project, 0o1777, false), (folder, 0o702, true), (folder, 0o1777, false),
      (folder, 0o700, false),
    ] {
      chmod(path, mode_t(bits))
      #expect(place.note == (isShared ? "\(path) may be written by others: \(rest)" : nil))
      chmod(path, 0o700)
    }
    #expect(ProjectFolder(of: "\(folder)/none/.podid/stack.json").note == nil)
  }

  @Test("another user's folder above a project is told", .enabled(if: geteuid() == 0))
  func strangers() throws {
    let project = try Scratch.folder() + "/project"
    try SafeFile.makeFolder(project)
    chown(project, 4711, 4711)
    let place = ProjectFolder(of: "\(project)/.podid/stack.json")
    #expect(place.note?.hasPrefix("\(project) belongs to another user: what lies in") == true)
    // A group that is nobody's own.
    chown(project, geteuid(), 4711)
    chmod(project, 0o770)
    #expect(place.note?.hasPrefix("\(project) may be written by others") == true)
  }

  @Test("a state is refused as it is where a file that is written in place has another name")
  func written() throws {
    for (name, isRefused) in [
      ("aws-api/lock", true), ("aws-api/store.db", true), ("aws-api/store.db-wal", true),
      ("kubernetes-api/issuer", true), ("node-agent/x.db-journal", true),
      ("node-agent/x.db-shm", true),
      ("aws-api/other", false), ("other/lock", false), ("logs/a.log", true), ("logs/a.txt", false),
    ] {
      let state = try StateFolder(root: Scratch.path())
      let logs = try state.folder("logs")
      let parts = name.split(separator: "/").map(String.init)
      let file = try state.folder(parts[0]).file(parts[1])
      try SafeFile.write([1], to: file)
      try WrittenFiles.check(state, logs: logs)
      link(file, "\(file).second")
      if isRefused {
        let error = #expect(throws: FileError.self) { try WrittenFiles.check(state, logs: logs) }
        #expect(error?.path == file)
      } else {
        try WrittenFiles.check(state, logs: logs)
      }
      // What a server that was killed had begun is a second name, which the next one removes.
      guard parts[0] != "logs", isRefused else { continue }
      try SafeFile.write([], to: state.file("\(parts[0])/x~"))
      try WrittenFiles.check(state, logs: logs)
    }
  }
}
