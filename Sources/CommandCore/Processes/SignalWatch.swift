import Glibc
import Platform
import Synchronization

/// Sees to it that SIGINT and SIGTERM end podid within a second, whatever it is doing: reading a
/// seed, waiting for servers, calling one that does not answer.
package enum SignalWatch {
  /// What a signal does.
  package enum Course: Sendable {
    /// It ends the process at once: nothing has to be put in order.
    case atOnce
    /// The command ends in its own way, for which it has ``patience``.
    case orderly
    /// It belongs to the command that podid runs.
    case handedOn
  }

  /// What an orderly end may take.
  static let patience = Duration.milliseconds(850)

  private struct State {
    var course = Course.atOnce
    var last: (@Sendable () -> Int32)?
    var caught: Int32?
    var cancellers: [Int: @Sendable () -> Void] = [:]
    var next = 0
  }
  private static let state = Mutex(State())

  /// What a signal does from now on.
  package static var course: Course {
    get { state.withLock { $0.course } }
    set { state.withLock { $0.course = newValue } }
  }

  /// Lets the command end in its own way; where that takes too long, `last` is done once all children
  /// have ended, and gives the exit code.
  package static func endOrderly(last: @escaping @Sendable () -> Int32) {
    state.withLock {
      $0.course = .orderly
      $0.last = last
    }
  }

  /// The signal that ends podid; nil while none does.
  package static var caught: Int32? { state.withLock { $0.caught } }

  /// Whether a signal ends the process at once right now: what fails meanwhile, fails because of it.
  package static var isEnding: Bool { state.withLock { $0.caught != nil && $0.course == .atOnce } }

  /// Waits for the end of the process, which comes once its children have ended; the exit code, should
  /// it not.
  package static func end() async -> Int32 {
    try? await Task.sleep(for: .seconds(2))
    return 128 + (caught ?? SIGTERM)
  }

  /// Begins to watch: once, before a command runs.
  package static func start() {
    TerminationSignals.watch { signal in
      let (course, cancellers, last) = state.withLock { state in
        if state.course != .handedOn { state.caught = signal }
        return (state.course, Array(state.cancellers.values), state.last)
      }
      if course != .handedOn { for cancel in cancellers { cancel() } }
      switch course {
      case .handedOn: return
      case .atOnce: ChildProcess.endAll(grace: .milliseconds(600))
      case .orderly:
        // In short pauses, each of which takes longer on a machine that is busy: so does the rest.
        for _ in 0..<85 { pause(.milliseconds(10)) }
        ChildProcess.endAll(grace: .zero)
      }
      StandardStreams.exitNow(last?() ?? 128 + signal)
    }
  }

  /// Does something that a signal cancels.
  ///
  /// What has to be put in order is the body's to do, in a task that is not cancelled.
  package static func cancelling<Result: Sendable>(
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let work = Task { try await body() }
    let number = state.withLock { state in
      state.next += 1
      state.cancellers[state.next] = { work.cancel() }
      return state.next
    }
    if caught != nil { work.cancel() }
    defer { state.withLock { _ = $0.cancellers.removeValue(forKey: number) } }
    return try await work.value
  }

  /// The exit code of a body that a signal cancels: 128 and the signal's number where one did.
  package static func exitCode(
    _ body: @escaping @Sendable () async throws -> Int32
  ) async throws -> Int32 {
    do {
      let code = try await cancelling(body)
      return caught.map { 128 + $0 } ?? code
    } catch {
      // What fails after a signal, fails because of it.
      guard let caught else { throw error }
      return 128 + caught
    }
  }

  /// Lets this thread sleep.
  static func pause(_ time: Duration) {
    usleep(UInt32(clamping: time.nanoseconds / 1000))
  }
}
