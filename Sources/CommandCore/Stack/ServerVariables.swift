import JSON
import Platform

/// The servers' own variables in podid's environment, which the servers are handed.
struct ServerVariables: Sendable {
  private let environment: ProcessEnvironment

  /// Those of an environment.
  init(_ environment: ProcessEnvironment) { self.environment = environment }

  /// Has each server that has variables here check them, by its own table, before one is started.
  ///
  /// Most stacks have none, and wait for nothing.
  /// - Throws: wrong usage, in the server's words.
  func check() async throws {
    for (service, prefix) in [
      ("kubernetes-api", "PODID_KUBERNETES_API_"), ("aws-api", "PODID_AWS_API_"),
      ("node-agent", "PODID_NODE_AGENT_"),
    ] where environment.variables.contains(where: { isSet($0, prefix) }) {
      let answer = try await CapturedProcess.run(
        [try Executables.path(of: service), "--version"], environment: environment.variables)
      if answer.code == 64 { throw UsageError(answer.errors.joined(separator: " ")) }
    }
  }

  private func isSet(_ variable: (key: ByteText, value: String), _ prefix: String) -> Bool {
    variable.key.hasPrefix(prefix.bytes) && !variable.value.isEmpty
  }
}
