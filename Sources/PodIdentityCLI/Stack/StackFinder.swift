import Glibc
import JSON
import Platform

/// Finds the stack file that is meant, and trusts it only where nobody else can have written it.
struct StackFinder {
  private let context: CommandContext

  /// A finder for a command.
  init(_ context: CommandContext) { self.context = context }

  /// By `--stack`, then `PODID_STACK`, then the variables of ``StackVariables``, then `.podid/stack.json` here or in a parent.
  func find() throws(CommandFailure) -> StackInfo {
    if let path = context.arguments["stack"] { return try read(path) }
    if let path = context.environment["PODID_STACK"], !path.isEmpty { return try read(path) }
    if let variables = StackVariables(context.environment) { return try variables.info() }
    var folder = Self.currentFolder()
    while true {
      let path = (folder == "/" ? "" : folder) + "/.podid/stack.json"
      if SafeFile.exists(path) { return try read(path) }
      guard folder != "/", let slash = folder.lastIndex(of: "/") else { break }
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
    throw CommandFailure(
      "no stack is running here: start one with podid up, or name one with --stack or PODID_STACK")
  }

  /// The folder that the process is in.
  static func currentFolder() -> String {
    guard let text = getcwd(nil, 0) else { return "/" }
    defer { free(text) }
    return String(cString: text)
  }

  /// The stack of a file.
  func read(_ path: String) throws(CommandFailure) -> StackInfo {
    guard SafeFile.exists(path) else {
      throw CommandFailure("there is no stack file \(path); podid up writes one")
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let folder = parts.isEmpty ? "." : parts.joined(separator: "/")
    // The temporary folder is everybody's, but its sticky bit keeps others from this file.
    try check(folder.isEmpty ? "/" : folder, isFolder: true)
    try check(path, isFolder: false)
    let json: JSON
    do { json = try JSON.parse(try SafeFile.read(path, limit: 1 << 20)) } catch {
      throw CommandFailure("\(path) cannot be read: \(error)")
    }
    return try StackInfo(json: json, path: path)
  }

  private func check(_ path: String, isFolder: Bool) throws(CommandFailure) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      throw CommandFailure("\(path): \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT != S_IFLNK else {
      throw CommandFailure("\(path) is a symbolic link, so it is not trusted")
    }
    let isShared = status.st_mode & 0o022 != 0
    if isFolder, isShared, status.st_mode & S_ISVTX != 0 { return }
    guard status.st_uid == geteuid() else {
      throw CommandFailure("\(path) belongs to another user, so it is not trusted")
    }
    guard !isShared else {
      throw CommandFailure("\(path) may be written by others, so it is not trusted")
    }
  }
}
