package import CommandCore
import Glibc
package import JSON
import Platform

/// The inner podid of ``OwnNamespace``: prepares the namespace that it was started in, and runs the
/// trials of the link-local addresses.
package struct InsideNamespace: Sendable {
  let doctor: Doctor
  let context: CommandContext

  /// The part of an examination that runs in the namespace.
  package init(doctor: Doctor, context: CommandContext) {
    self.doctor = doctor
    self.context = context
  }

  /// Ends this process as SIGTERM does once the outer one has gone.
  package static func followOuter() {
    Thread.run {
      var byte: UInt8 = 0
      while read(0, &byte, 1) < 0 && errno == EINTR {}
      kill(getpid(), SIGTERM)
    }
  }

  /// The findings as JSON: the two addresses, and the proxy.
  package func run() async throws -> JSON {
    try Self.raiseLoopback()
    // Addresses go on this namespace's loopback alone; what the caller's variables say of a real
    // platform does not concern it.
    let added = try await CapturedProcess.run(
      [try Executables.path(of: "node-agent"), "initialize"],
      environment: ProcessVariables.visible(context.environment.variables))
    guard added.code == 0 else {
      throw CommandFailure(added.errors.last ?? "node-agent initialize ended with \(added.code)")
    }
    let diagnosis = Diagnosis(
      outcomes: try await doctor.outcomes(of: Trial.inside), timeout: doctor.timeoutText)
    return .array([
      diagnosis.address(.linkLocalIPv4, .linkLocalIPv4).json,
      diagnosis.address(.linkLocalIPv6, .linkLocalIPv6).json,
      diagnosis.noProxy(.linkLocalIPv4).json,
    ])
  }

  /// Switches loopback on.
  ///
  /// In a new namespace it is off; where it is on, this is somebody's network,
  /// and nothing is changed.
  private static func raiseLoopback() throws(CommandFailure) {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw CommandFailure(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var request = ifreq()
    withUnsafeMutableBytes(of: &request.ifr_ifrn) { $0.copyBytes(from: "lo".utf8) }
    guard ioctl(descriptor, UInt(SIOCGIFFLAGS), &request) == 0 else {
      throw CommandFailure("lo: \(String(cString: strerror(errno)))")
    }
    let up = Int16(IFF_UP)
    guard request.ifr_ifru.ifru_flags & up == 0 else {
      throw CommandFailure("this network namespace is in use, so nothing is changed in it")
    }
    request.ifr_ifru.ifru_flags |= up
    guard ioctl(descriptor, UInt(SIOCSIFFLAGS), &request) == 0 else {
      throw CommandFailure("lo: \(String(cString: strerror(errno)))")
    }
  }
}
