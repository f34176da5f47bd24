import JSON

/// Which line of AWS's agent is stood in for.
enum AgentGeneration: String, Sendable, CaseIterable {
  /// 0.1: credentials are kept by token, so that a rotated token is exchanged anew.
  case first = "0.1"
  /// 0.2: credentials are kept by pod; a rotated token is checked here, and costs no call.
  case second = "0.2"
}
