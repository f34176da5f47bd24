import CommandCore
import JSON
import Platform

/// The AWS CLI that podid runs itself.
enum AWSCommandLine {
  /// The first minor versions that know the token's file, by major version.
  private static let first = [1: 30, 2: 15]

  /// The program to run: that of `PODID_AWS_CLI`, else the first that will do of PATH's and the
  /// checkout's.
  /// - Throws: where there is none, with how one is got.
  static func find(_ environment: ProcessEnvironment) async throws(CommandFailure) -> String {
    let named = environment.said("PODID_AWS_CLI")
    let candidates =
      named.map { [$0] } ?? ["aws"] + (CheckoutPrograms.path(of: "aws").map { [$0] } ?? [])
    var reasons: [String] = []
    for candidate in candidates {
      guard let reason = await objection(to: candidate, environment) else { return candidate }
      reasons.append(reason)
    }
    throw CommandFailure(
      "the AWS CLI is needed, 1.30 or 2.15 or newer: \(reasons.joined(separator: "; ")). "
        + "In a checkout, compose/run puts one in; elsewhere: python3 -m venv aws-cli && "
        + "aws-cli/bin/pip install awscli. PODID_AWS_CLI names one that PATH lacks")
  }

  /// Why a program will not do; nil where it will, or does not tell its version.
  private static func objection(
    to program: String, _ environment: ProcessEnvironment
  ) async -> String? {
    if let reason = Executables.objection(to: program, environment["PATH"]) {
      return "\(program): \(reason.text)"
    }
    guard
      let said = try? await CapturedProcess.run(
        [program, "--version"], environment: environment.variables)
    else { return "\(program) cannot be run" }
    // Version 1 once told it on standard error.
    guard let version = (said.output + said.errors).lazy.compactMap(version).first else {
      return nil
    }
    guard let least = first[version.major], version.minor < least else { return nil }
    return "\(program) is \(version.major).\(version.minor)"
  }

  /// The version in a line such as `aws-cli/2.9.19 Python/3.11.2`.
  static func version(_ line: String) -> (major: Int, minor: Int)? {
    let words = line.bytes.split(separator: " ").first?.bytes.split(separator: "/") ?? []
    guard words.count == 2, words[0].bytes == "aws-cli" else { return nil }
    let parts = words[1].bytes.split(separator: ".").prefix(2).compactMap { Int($0) }
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }
}
