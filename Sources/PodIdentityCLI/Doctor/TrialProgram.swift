import Glibc
import Platform

/// The program under examination, with all the processes that it starts.
struct TrialProgram: Sendable {
  private let process: ChildProcess
  private let container: ContainerCommand?
  private let environment: [String: String]

  /// Starts a command, in a container where one is given; it reads nothing, and what it prints is
  /// not kept: what it does is judged by what the servers see.
  init(
    _ words: [String], container: ContainerCommand?, environment: [String: String]
  ) throws(CommandFailure) {
    self.container = container
    self.environment = environment
    let silent = ["/bin/sh", "-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "podid-doctor"]
    process = try ChildProcess(
      silent + (container?.words(running: words) ?? words), environment: environment,
      ownGroup: true)
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
    // Its children need not end with it.
    kill(-process.pid, SIGKILL)
    guard let container else { return }
    // Gone already, unless the client of the engine had to be killed.
    _ = try? await CapturedProcess.run(container.removal, environment: environment)
  }
}
