import CommandCore
import Glibc
import JSON
import Platform

/// The program under examination, with all the processes that it starts.
struct TrialProgram: Sendable {
  /// Ends the program where podid is killed: a watcher in its group waits for the end of its input.
  ///
  /// A container does not end with the engine's client, so it is removed by its name, which is `$0`,
  /// and again, for an engine that makes it only then. The watcher is nobody's child, so that the
  /// program has no child that it does not know of, and has no mark, so that the stack's guard, which
  /// ends all that have it, lets it finish.
  private static let shell = """
    exec 3<&0 </dev/null >/dev/null 2>&1
    (env -u \(MarkedProcesses.variable) /bin/sh -c '
      trap "" TERM; read -r line; kill -TERM 0; sleep 3
      case "$0" in podid-doctor-*)
        for pause in 0 4 8; do sleep "$pause"; docker rm --force "$0"; done;; esac
      kill -KILL 0' "$0" <&3 3<&- &)
    exec "$@" 3<&-
    """

  private let process: ChildProcess
  private let lifeline: Lifeline
  private let container: ContainerCommand?
  private let environment: [ByteText: String]
  private let mark: String

  /// Starts a command, in a container where one is given; it reads nothing, and what it prints is
  /// not kept: what it does is judged by what the servers see.
  ///
  /// By its mark it is found again, and all that it starts.
  init(
    _ words: [String], container: ContainerCommand?, mark: String, environment: [ByteText: String]
  ) throws(CommandFailure) {
    self.container = container
    self.mark = mark
    var environment = environment
    environment[MarkedProcesses.variable.bytes] = mark
    self.environment = environment
    lifeline = try Lifeline()
    process = try ChildProcess(
      ["/bin/sh", "-c", Self.shell, container?.name ?? "podid-doctor"]
        + (container?.words(running: words) ?? words),
      environment: environment, input: .pipe(lifeline.inherited), ownGroup: true)
  }

  /// Waits for its end; its exit code.
  func end() async -> Int32 { await process.end() }

  /// Stops it, and what it started.
  func stop() async {
    kill(-process.pid, SIGTERM)
    let killer = Task { [pid = process.pid] in
      try await Task.sleep(for: .seconds(3))
      kill(-pid, SIGKILL)
    }
    _ = await process.end()
    killer.cancel()
    // Its children need not end with it, and may have left its group.
    kill(-process.pid, SIGKILL)
    await Leftovers.end(marked: mark, grace: .seconds(2))
    guard let container else { return }
    // Gone already, unless the client of the engine had to be killed.
    _ = try? await CapturedProcess.run(container.removal, environment: environment)
  }
}
