import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// State folders, and the register that tells whose they are.
@Suite struct StateOriginTests {
  private let root: String
  private let register: UserRegister

  init() throws {
    root = try Scratch.folder()
    register = UserRegister(ProcessEnvironment(["XDG_STATE_HOME": "\(root)/home"]))
  }

  private func open(_ path: String, isNamed: Bool = false) throws -> StateOrigin {
    try StateOrigin(path, isNamed: isNamed, register: register)
  }

  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test("a state that podid made is found again, in a register of 0700 and 0600")
  func own() throws {
    let path = "\(root)/project/.podid/state"
    let first = try open(path)
    #expect(first.registerFailure == nil && first.notes.isEmpty)
    try SafeFile.write([1], to: first.folder.file("admin.token"))
    #expect(try open(path).folder.path == path)
    #expect(mode("\(root)/home") == 0o700 && mode("\(root)/home/podid") == 0o700)
    let names = try register.names()
    #expect(names.count == 1)
    for name in names { #expect(mode("\(root)/home/podid/\(name)") == 0o600) }
  }

  @Test(
    "what a repository brings is refused, by whatever looks", arguments: ["none", "bad", "own"])
  func planted(id: String) throws {
    let path = "\(root)/\(id)/.podid/state"
    _ = try StateFolder(root: path)
    try SafeFile.write(Array("secret".utf8), to: "\(path)/admin.token")
    let ids = ["bad": "../../x\n", "own": String(repeating: "0", count: 32) + "\n"]
    if let text = ids[id] { try SafeFile.write(Array(text.utf8), to: "\(path)/.podid-id") }
    let error = #expect(throws: FileError.self) { try open(path) }
    #expect(error?.description.hasPrefix(path) == true)
    #expect(error?.description.contains("--state DIR") == true)
    // What the user names is taken, and known from then on.
    #expect(try open(path, isNamed: true).registerFailure == nil)
    #expect(try open(path).folder.path == path)
  }

  @Test("a state that was moved or copied is not the one that the register has")
  func moved() throws {
    let path = "\(root)/a/state"
    let state = try open(path)
    try SafeFile.write([1], to: state.folder.file("admin.token"))
    rename("\(root)/a", "\(root)/b")
    #expect(throws: FileError.self) { try open("\(root)/b/state") }
    _ = try open("\(root)/b/state", isNamed: true)
    let id = try SafeFile.read("\(root)/b/state/.podid-id")
    // A copy gets an id of its own, and the original stays known.
    _ = try StateFolder(root: "\(root)/c/state")
    try SafeFile.write(id, to: "\(root)/c/state/.podid-id")
    #expect(throws: FileError.self) { try open("\(root)/c/state") }
    _ = try open("\(root)/c/state", isNamed: true)
    #expect(try SafeFile.read("\(root)/c/state/.podid-id") != id)
    #expect(try open("\(root)/b/state").notes.isEmpty)
  }

  @Test("modes that let others in are repaired and said, for podid's own names alone")
  func modes() throws {
    let path = "\(root)/state"
    let state = try open(path)
    let server = try state.folder.folder("kubernetes-api")
    let pods = try state.folder.folder("pods")
    for (file, bits) in [
      (state.folder.file("admin.token"), 0o644), (server.file("sa.key"), 0o664),
      (pods.file("token"), 0o644), (state.folder.file("other.sh"), 0o755),
    ] {
      try SafeFile.write([1], to: file, mode: UInt32(bits))
    }
    for folder in [path, server.path, pods.path] { chmod(folder, 0o755) }
    let again = try open(path)
    #expect(again.notes.count == 1 && again.notes[0].contains("was open to others"))
    for folder in [path, server.path, pods.path] { #expect(mode(folder) == 0o700) }
    #expect(mode(state.folder.file("admin.token")) == 0o600)
    #expect(mode(server.file("sa.key")) == 0o600)
    #expect(mode(pods.file("token")) == 0o644)
    #expect(mode(state.folder.file("other.sh")) == 0o755)
    #expect(try open(path).notes.isEmpty)
  }

  @Test("no link is followed: not .podid, not the state, nothing in it")
  func links() throws {
    try SafeFile.makeFolder("\(root)/outside")
    try SafeFile.makeFolder("\(root)/clone")
    symlink("../outside", "\(root)/clone/.podid")
    for isNamed in [false, true] {
      let error = #expect(throws: FileError.self) {
        try open("\(root)/clone/.podid/state", isNamed: isNamed)
      }
      #expect(error?.description == "\(root)/clone/.podid: is a symbolic link")
    }
    #expect(FolderWalk(path: "\(root)/outside")?.names() == [])
    symlink("\(root)/outside", "\(root)/link")
    #expect(throws: FileError.self) { try open("\(root)/link", isNamed: true) }
    let state = try open("\(root)/state")
    symlink("/etc/hostname", state.folder.file("admin.token"))
    #expect(throws: FileError.self) { try open("\(root)/state", isNamed: true) }
  }

  @Test("a folder of many users is none for a state, and keeps its mode")
  func shared() throws {
    let path = "\(root)/tmp"
    try SafeFile.makeFolder(path)
    chmod(path, 0o1777)
    #expect(throws: FileError.self) { try open(path, isNamed: true) }
    #expect(mode(path) == 0o1777)
  }

  @Test("many at once claim an empty folder, and all may use it")
  func together() async throws {
    let path = "\(root)/project/.podid/state"
    let register = register
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<16 {
        group.addTask {
          let origin = try StateOrigin(path, isNamed: false, register: register)
          _ = try origin.folder.folder("server-\(number)")
        }
      }
      try await group.waitForAll()
    }
    #expect(try register.names().count == 1)
  }

  @Test("entries of states that are gone are removed, and what writers left behind")
  func gone() throws {
    _ = try open("\(root)/a")
    FolderWalk(path: root)?.removeTree("a")
    let folder = "\(root)/home/podid"
    try SafeFile.write([], to: "\(folder)/state-x.json.4194303.abcdef~")
    try SafeFile.write([], to: "\(folder)/state-x.json.\(getpid()).abcdef~")
    try SafeFile.write(Array("{".utf8), to: "\(folder)/state-broken.json")
    _ = try open("\(root)/b")
    let left = FolderWalk(path: folder)?.names() ?? []
    #expect(left.count == 2 && left.contains("state-x.json.\(getpid()).abcdef~"))
  }

  @Test("a register that others can change, or that is a link, is used for nothing")
  func registers() throws {
    let state = "\(root)/state"
    _ = try open(state)
    try SafeFile.write([1], to: "\(state)/admin.token")
    let folder = "\(root)/home/podid"
    for (path, bits, text) in [
      (folder, UInt32(0o750), "chmod 700"), ("\(root)/home", 0o770, "chmod go-w"),
      ("\(root)/home", 0o702, "chmod go-w"),
    ] {
      chmod(path, bits)
      let error = #expect(throws: FileError.self) { try open(state) }
      #expect(error?.description.contains(text) == true)
      // A new state can be used all the same; it is only not found again.
      let fresh = try open("\(root)/fresh-\(bits)")
      #expect(fresh.registerFailure?.description.contains(text) == true)
      chmod(path, 0o700)
    }
    rename(folder, "\(root)/elsewhere")
    symlink("\(root)/elsewhere", folder)
    let error = #expect(throws: FileError.self) { try open(state) }
    #expect(error?.description.contains("is a symbolic link") == true)
  }

  @Test("a home behind this user's links is one; a relative XDG_STATE_HOME is ignored")
  func homes() throws {
    try SafeFile.makeFolder("\(root)/disk")
    symlink("disk", "\(root)/linked")
    symlink("../linked", "\(root)/disk/loop")
    let linked = UserRegister(ProcessEnvironment(["XDG_STATE_HOME": "\(root)/linked/x"]))
    try linked.write("entry", [1], isSynced: false)
    #expect(try SafeFile.read("\(root)/disk/x/podid/entry") == [1])
    #expect(try linked.read("entry") == [1] && linked.read("../entry") == nil)
    for relative in ["", "state", "./state"] {
      let found = UserRegister(ProcessEnvironment(["XDG_STATE_HOME": relative, "HOME": root]))
      #expect(found.path == "\(root)/.local/state/podid")
    }
    // Without a HOME, the one that the system's list of users has.
    for home in [nil, "", "home"] as [String?] {
      var environment = ProcessEnvironment([:])
      environment["HOME"] = home
      let found = UserRegister(environment).path
      #expect(found?.hasSuffix("/.local/state/podid") ?? true)
      #expect(found?.hasPrefix("/") ?? true)
    }
    symlink("loop-b", "\(root)/loop-a")
    symlink("loop-a", "\(root)/loop-b")
    let endless = UserRegister(ProcessEnvironment(["XDG_STATE_HOME": "\(root)/loop-a"]))
    #expect(throws: FileError.self) { try endless.write("entry", [1], isSynced: false) }
  }

  @Test("a duration beyond 64 bits of nanoseconds stops at the limit")
  func durations() {
    let longest = Duration(
      secondsComponent: 9_223_372_036, attosecondsComponent: 999_999_999_999_999_999)
    #expect(longest.nanoseconds == .max)
    #expect((.zero - longest).nanoseconds == .min)
  }
}
