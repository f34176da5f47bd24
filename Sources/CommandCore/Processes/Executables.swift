import Glibc
import JSON

/// Where the servers' programs are: beside podid itself.
package enum Executables {
  /// The folder of this program.
  package static func folder() throws(CommandFailure) -> String {
    guard let path = program(of: getpid()) else {
      throw CommandFailure("/proc/self/exe cannot be read")
    }
    return path.bytes.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
  }

  /// The path of the program that a process runs, as it was when the process started; nil where
  /// there is no such process, or the kernel does not tell this user.
  static func program(of pid: Int32) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/\(pid)/exe", &buffer, buffer.count)
    guard count > 0, count < buffer.count else { return nil }
    let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // Where the file was removed or replaced, as by a build (proc(5)).
    let end = " (deleted)"
    return path.bytes.hasSuffix(end.bytes)
      ? String(Substring(path.utf8.dropLast(end.utf8.count))) : path
  }

  /// The path of a program.
  package static func path(of name: String) throws(CommandFailure) -> String {
    let path = "\(try folder())/\(name)"
    guard access(path, X_OK) == 0 else {
      throw CommandFailure("\(path) is missing: all programs must lie in one folder")
    }
    return path
  }

  /// Why a program cannot be started, with the exit code that shells have for it: 127 where there is
  /// none of that name, 126 where it is there and cannot be run; nil where it can.
  package static func objection(to program: String, _ path: String?) -> (text: String, code: Int32)?
  {
    let folders =
      program.bytes.contains("/")
      ? [""] : (path ?? "").bytes.split(separator: ":").map { "\($0)/" }
    func isFolder(_ path: String) -> Bool { access("\(path)/.", F_OK) == 0 }
    let found = folders.map { $0 + program }.filter { access($0, F_OK) == 0 }
    guard let first = found.first else { return ("there is no such program", 127) }
    if found.contains(where: { access($0, X_OK) == 0 && !isFolder($0) }) { return nil }
    return (isFolder(first) ? "this is a folder" : "it is not executable", 126)
  }
}
