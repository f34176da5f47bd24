import Glibc
import HTTP
import JSON
import KubernetesClient
import Platform

/// What a command works with.
struct CommandContext: Sendable {
  let arguments: CommandArguments
  let environment: ProcessEnvironment
  let loops: EventLoops
  /// For the admin ports and the agent: its connections are kept.
  let http: HTTPClient
  let clock: any WallClock = SystemClock()
  let randomness: Randomness = .system

  /// What a command of these arguments works with.
  init(arguments: CommandArguments, environment: ProcessEnvironment, loops: EventLoops) {
    self.arguments = arguments
    self.environment = environment
    self.loops = loops
    http = HTTPClient(loops: loops)
  }

  /// Prints a line.
  func print(_ line: String) { StandardStreams.write(line + "\n") }

  /// Prints a line to standard error.
  func warn(_ line: String) { StandardStreams.writeError(line + "\n") }

  /// Whether a person reads the output.
  var isTerminal: Bool { isatty(1) == 1 }

  /// A mark at the start of a line, coloured on a terminal.
  func mark(_ isGood: Bool) -> String {
    coloured(isGood ? "✓" : "✗", isGood: isGood)
  }

  /// A text in green or red on a terminal.
  func coloured(_ text: String, isGood: Bool) -> String {
    isTerminal ? "\u{1B}[\(isGood ? 32 : 31)m\(text)\u{1B}[0m" : text
  }

  /// The stack that is meant.
  func stack() throws -> StackInfo { try StackFinder(self).find() }

  /// The ServiceAccount that is meant.
  func account() throws -> AccountName {
    guard let text = arguments["service-account"] else {
      throw UsageError("podid: --service-account [NS/]NAME is needed")
    }
    return try AccountName(text)
  }

  /// The Kubernetes API of a stack, as its administrator.
  func kubernetes(_ stack: StackInfo) throws -> KubernetesClient {
    try KubernetesClient(try KubeConfig(path: stack.kubeconfig), loops: loops)
  }

  /// The AWS APIs of a stack, as the account's root.
  func aws(_ stack: StackInfo) throws -> AWSClient {
    try AWSClient(stack, loops: loops, clock: clock)
  }
}
