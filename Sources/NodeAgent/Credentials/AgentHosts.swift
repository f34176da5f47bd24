import HTTP
import JSON

/// The hosts that the credentials endpoint answers for.
enum AgentHosts {
  /// The two that AWS's agent accepts.
  static let standard: [ByteText] = ["169.254.170.23", "fd00:ec2::23"]

  /// The two; unless `isStrict`, the address that was called and `further` as well, which are the
  /// addresses it listens on and `--allowed-host`.
  // Differs from AWS: AWS's agent answers for the two link-local addresses alone.
  static func allowed(further: [String], isStrict: Bool) -> AllowedHosts {
    AllowedHosts(
      isStrict ? [] : further, written: standard, isStrict ? .asWritten : [.asWritten, .called])
  }
}
