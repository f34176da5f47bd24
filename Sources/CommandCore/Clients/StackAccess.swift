package import AWSClient
import AdminAPI
package import HTTP
package import KubernetesClient
package import Platform

/// What an operation on stacks is handed: connections to their servers, and what is this process's own.
package struct StackAccess: Sendable {
  /// The variables that podid was started with.
  package let environment: ProcessEnvironment
  /// The threads that all connections run on.
  package let loops: EventLoops
  /// For the admin ports and the agent: its connections are kept.
  package let http: HTTPClient
  /// This machine's time; how servers' clocks are moved, ``ClockOffsets`` tells.
  package let clock: any WallClock = SystemClock()
  /// The kernel's randomness.
  package let randomness: Randomness = .system

  /// The access of a process with this environment, over connections that these loops carry.
  init(environment: ProcessEnvironment, loops: EventLoops) {
    self.environment = environment
    self.loops = loops
    http = HTTPClient(loops: loops)
  }

  /// The admin ports of a stack.
  package func admins(_ stack: StackInfo) -> [AdminClient] {
    stack.servers.map { AdminClient(server: $0, token: stack.adminToken, http: http) }
  }

  /// The Kubernetes API of a stack, as its administrator.
  package func kubernetes(_ stack: StackInfo) throws -> KubernetesClient {
    try KubernetesClient(
      try kubeconfig(stack).config(), loops: loops,
      mark: StackMark(adminToken: stack.adminToken).put)
  }

  /// The AWS APIs of a stack, as the account's root.
  package func aws(_ stack: StackInfo) throws(CommandFailure) -> AWSClient {
    try AWSClient(stack, loops: loops, clock: clock)
  }

  /// The S3 of a stack, as the account's root.
  func s3(_ stack: StackInfo) throws(CommandFailure) -> AWSClient {
    try AWSClient(s3Of: stack, loops: loops, clock: clock)
  }
}
