import Glibc
import JSON
import Platform

/// What the kernel says of a process that a stack file names as a server (proc(5)).
package enum ServerProgram {
  /// The largest number that Linux gives a process (PID_MAX_LIMIT of the kernel, less one).
  static let largestPID: Int64 = 4_194_303

  /// A number of a file or an answer, where it can be a server's pid.
  package static func pid(_ number: Int64?) -> Int32? {
    guard let number, 2...largestPID ~= number else { return nil }
    return pid_t(number)
  }

  /// Why a process is not this user's server of that name, run from one of these folders; nil where
  /// it is.
  package static func objection(to pid: Int32, service: String, folders: [String]) -> String? {
    var status = stat()
    guard pid > 1, stat("/proc/\(pid)", &status) == 0 else { return "there is no process \(pid)" }
    guard status.st_uid == geteuid() else { return "process \(pid) is another user's" }
    guard let program = Executables.program(of: pid) else {
      return "the program of process \(pid) cannot be told"
    }
    let isServer = folders.contains { program.bytes == "\($0)/\(service)".bytes }
    return isServer ? nil : "process \(pid) runs \(program), which is no \(service) of this podid"
  }
}
