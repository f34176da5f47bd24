import Cryptography
import Glibc
import JSON
package import Platform

/// The stacks that this user's `podid up` started, as the user's register has them.
///
/// An entry names a stack file and has the digest of its bytes. So a file that a repository brings,
/// and one that somebody changed, are none of these.
package struct StackRegister: Sendable {
  /// One stack.
  package struct Entry: Sendable {
    /// The stack's random id, which names the entry's file.
    package let id: String
    /// The stack file.
    package let path: String
    /// The state folder.
    package let state: String
    /// SHA-256 of the stack file's bytes, in hexadecimal.
    var digest: String
    /// The process that keeps the stack.
    package let pid: Int32
    /// When it was up (RFC 3339).
    package let since: String
    /// The folder of its programs.
    let programs: String
    /// The start of the machine and the pid namespace in which its pids mean something: a home may be
    /// shared by containers and machines.
    package let place: String
  }

  private let register: UserRegister

  /// The register of a user.
  package init(_ environment: ProcessEnvironment) { register = UserRegister(environment) }

  private static func name(_ id: String) -> String { "stack-\(id).json" }

  /// The entry for a file of these bytes at this path; nil where podid did not write that for this
  /// user.
  package func entry(for file: StackFile, id: String?) throws(FileError) -> Entry? {
    guard let id, StateOrigin.isID(id), let found = try entry(id) else { return nil }
    let isSame =
      found.path.bytes == StackFile.place(file.path).bytes
      && found.digest.bytes == SHA256.hex(file.bytes).bytes
    return isSame ? found : nil
  }

  /// Enters a stack, before its file is there: whoever sees the file finds the entry.
  @discardableResult
  func enter(_ info: StackInfo, bytes: [UInt8], since: Instant) throws -> Entry {
    removeThoseThatAreGone()
    let entry = Entry(
      id: info.id, path: StackFile.place(info.path), state: info.state,
      digest: SHA256.hex(bytes), pid: getpid(), since: since.rfc3339Milli,
      programs: try Executables.folder(), place: Self.here)
    try register.write(Self.name(info.id), entry.json.bytes() + [0x0A], isSynced: false)
    return entry
  }

  /// Gives an entry the digest of a stack file that podid is about to write anew.
  func renew(_ entry: Entry, bytes: [UInt8]) throws(FileError) -> Entry {
    var entry = entry
    entry.digest = SHA256.hex(bytes)
    try register.write(Self.name(entry.id), entry.json.bytes() + [0x0A], isSynced: false)
    return entry
  }

  /// Removes the entry of a stack that has stopped, and the kubeconfig that programs had of it.
  package func leave(_ id: String, path: String) {
    guard StateOrigin.isID(id) else { return }
    register.remove(Self.name(id))
    removeCopies(path)
  }

  /// Removes the kubeconfigs that programs had of a stack file, unless another stack has its place.
  private func removeCopies(_ path: String) {
    let place = StackFile.place(path).bytes
    if (try? all().contains { $0.path.bytes == place }) ?? true { return }
    for name in KubeconfigCopy.names(for: path) { register.remove(name) }
  }

  /// The stacks that run, the oldest first.
  ///
  /// Those that were killed are removed with their files.
  package func running() throws(FileError) -> [StackInfo] {
    try all().compactMap { entry in
      guard let file = try? StackFile(entry.path),
        file.bytes.count > 0, SHA256.hex(file.bytes).bytes == entry.digest.bytes,
        let json = try? JSON.parse(file.bytes),
        var info = try? StackInfo(json: json, path: entry.path)
      else {
        if !entry.isKept { leave(entry.id, path: entry.path) }
        return nil
      }
      guard entry.isHere else { return nil }
      info.entry = entry
      let folders = info.programFolders
      let isRunning = info.servers.contains {
        ServerProgram.objection(to: $0.pid, service: $0.service, folders: folders) == nil
      }
      guard !isRunning else { return info }
      unlink(entry.path)
      leave(entry.id, path: entry.path)
      return nil
    }.sorted { ($0.entry?.since ?? "").bytes < ($1.entry?.since ?? "").bytes }
  }

  /// Removes the entries of processes that were killed and left no stack file, and kubeconfigs of
  /// stacks that have no entry.
  private func removeThoseThatAreGone() {
    for entry in (try? all()) ?? [] where !entry.isKept && !SafeFile.exists(entry.path) {
      leave(entry.id, path: entry.path)
    }
    guard let entries = try? all() else { return }
    let known = Set(entries.flatMap { KubeconfigCopy.names(for: $0.path) }.map(\.bytes))
    for name in (try? register.names()) ?? []
    where name.bytes.hasPrefix("kubeconfig-") && !known.contains(name.bytes) {
      register.remove(name)
    }
  }

  private func all() throws(FileError) -> [Entry] {
    var entries: [Entry] = []
    for name in try register.names() where name.bytes.hasPrefix("stack-") {
      let id = String(name.dropFirst("stack-".count).dropLast(".json".count))
      if StateOrigin.isID(id), let entry = try entry(id) { entries.append(entry) }
    }
    return entries
  }

  private func entry(_ id: String) throws(FileError) -> Entry? {
    guard let bytes = try register.read(Self.name(id)), let json = try? JSON.parse(bytes),
      let entry = Entry(json), entry.id.bytes == id.bytes
    else { return nil }
    return entry
  }

  fileprivate static var here: String {
    let boot = try? SafeFile.readText("/proc/sys/kernel/random/boot_id", limit: 64)
    var buffer = [CChar](repeating: 0, count: 64)
    let count = max(0, readlink("/proc/self/ns/pid", &buffer, buffer.count))
    let space = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "\(boot?.bytes.split(separator: "\n").first ?? "") \(space)"
  }
}

extension StackRegister.Entry {
  fileprivate init?(_ json: JSON) {
    func text(_ name: String) -> String? { json[name]?.string }
    guard let id = text("id"), let path = text("path"), let state = text("state"),
      let digest = text("digest"), let pid = json["pid"]?.integer.flatMap(pid_t.init(exactly:)),
      pid > 0,
      let since = text("since"), let programs = text("programs"), let place = text("place")
    else { return nil }
    (self.id, self.path, self.state, self.digest) = (id, path, state, digest)
    (self.pid, self.since, self.programs, self.place) = (pid, since, programs, place)
  }

  fileprivate var json: JSON {
    [
      "id": .string(id), "path": .string(path), "state": .string(state),
      "digest": .string(digest), "pid": .integer(Int64(pid)), "since": .string(since),
      "programs": .string(programs), "place": .string(place),
    ]
  }

  /// Whether the numbers of its processes mean something here.
  package var isHere: Bool { place.bytes == StackRegister.here.bytes }

  /// Whether the process that keeps the stack may still be there: it enters it before it writes the
  /// file.
  fileprivate var isKept: Bool { kill(pid, 0) == 0 || errno == EPERM }
}
