import Glibc
import JSON
import Platform

extension HostPort {
  /// Whether the host can be nothing but this machine: an address of 127.0.0.0/8 as inet_pton(3)
  /// takes it, `::1`, or `localhost`.
  ///
  /// What merely looks like one may be a name that others answer for.
  package var isLoopbackAddress: Bool {
    if host.bytes == "localhost" { return true }
    var four = in_addr()
    if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
    var six = in6_addr()
    guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
    return withUnsafeBytes(of: &six) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
  }
}
