package import AWSClient
import Glibc
package import HTTP
import JSON
package import KubernetesClient
package import Platform

/// What a command works with.
package struct CommandContext: Sendable {
  /// The words that the command was given.
  package let arguments: CommandArguments
  /// What clients of a stack are made of, with podid's environment, time and randomness.
  package let access: StackAccess

  /// What a command of these arguments works with.
  package init(arguments: CommandArguments, environment: ProcessEnvironment, loops: EventLoops) {
    self.arguments = arguments
    access = StackAccess(environment: environment, loops: loops)
  }

  /// The variables that podid was started with.
  package var environment: ProcessEnvironment { access.environment }
  /// The threads that all connections of this process run on.
  package var loops: EventLoops { access.loops }
  /// The client for calls that need no signature and no kubeconfig, as to the agent.
  package var http: HTTPClient { access.http }
  /// This machine's time, which no stack's clock moves.
  package var clock: any WallClock { access.clock }
  /// Where keys, names and ids are drawn from.
  package var randomness: Randomness { access.randomness }

  /// Prints a line; false where nobody reads it any more, or it is lost.
  @discardableResult
  package func print(_ line: PrintedLine) -> Bool { StandardStreams.write(line) }

  /// Prints several lines, whose line feeds are our own, such as those of indented JSON.
  package func print(lines text: String) { StandardStreams.write(lines: text) }

  /// Prints a line to standard error.
  package func warn(_ line: PrintedLine) { StandardStreams.writeError(line) }

  /// Whether the output is coloured: on a terminal that can, for whoever does not mind
  /// (no-color.org).
  package var hasColours: Bool {
    isatty(1) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"]?.bytes != "dumb"
  }

  /// A mark at the start of a line, coloured on a terminal.
  package func mark(_ isGood: Bool) -> PrintedLine {
    coloured(isGood ? "✓" : "✗", isGood: isGood)
  }

  /// A text in green or red on a terminal.
  package func coloured(_ text: PrintedLine, isGood: Bool) -> PrintedLine {
    hasColours ? text.rendered(isGood ? 32 : 31) : text
  }

  /// Whether the command's stack is there once the command is over, so that another can look at it.
  package var hasStackAfterwards: Bool {
    arguments.commandName.bytes != "test" || arguments.has("keep")
  }

  /// The stack that is meant.
  package func stack() throws -> StackInfo { try StackFinder(self).find() }

  /// The ServiceAccount that is meant.
  package func account() throws -> AccountName {
    guard let text = arguments["service-account"] else {
      throw UsageError("podid: --service-account [NS/]NAME is needed")
    }
    return try AccountName(text)
  }

  /// The admin ports of a stack.
  package func admins(_ stack: StackInfo) -> [AdminClient] { access.admins(stack) }

  /// The Kubernetes API of a stack, as its administrator.
  package func kubernetes(_ stack: StackInfo) throws -> KubernetesClient {
    try access.kubernetes(stack)
  }

  /// The AWS APIs of a stack, as the account's root.
  package func aws(_ stack: StackInfo) throws -> AWSClient { try access.aws(stack) }

  /// The administrator's kubeconfig of a stack.
  package func kubeconfig(_ stack: StackInfo) throws(CommandFailure) -> KubeconfigFile {
    try access.kubeconfig(stack)
  }
}
