import Glibc

/// Where the servers' programs are: beside podid itself.
enum Executables {
  /// The folder of this program.
  static func folder() throws(CommandFailure) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { throw CommandFailure("/proc/self/exe cannot be read") }
    let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
  }

  /// The path of a program.
  static func path(of name: String) throws(CommandFailure) -> String {
    let path = "\(try folder())/\(name)"
    guard access(path, X_OK) == 0 else {
      throw CommandFailure("\(path) is missing: all programs must lie in one folder")
    }
    return path
  }
}
