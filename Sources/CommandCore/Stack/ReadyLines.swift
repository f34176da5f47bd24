import JSON
import Synchronization

/// The ready lines of the servers.
final class ReadyLines: Sendable {
  private struct State {
    var ready: Set<ByteText> = []
    var waiting: [ByteText: CheckedContinuation<Bool, Never>] = [:]
  }
  private let state = Mutex(State())

  /// Takes a line of a server's standard output.
  func take(_ line: String) {
    guard let json = try? JSON.parse(line), json["event"] == "ready",
      let service = json["service"]?.string
    else { return }
    tell(service, isReady: true)
  }

  private func tell(_ service: String, isReady: Bool) {
    let continuation = state.withLock { state in
      if isReady { state.ready.insert(service.bytes) }
      return state.waiting.removeValue(forKey: service.bytes)
    }
    continuation?.resume(returning: isReady)
  }

  /// Whether somebody waits for a server.
  func isAwaited(_ service: String) -> Bool {
    state.withLock { $0.waiting[service.bytes] != nil }
  }

  /// Waits until a server is ready; one that ends first is an error with its last words, which are
  /// waited for as long as `patience` says.
  func wait(
    for service: String, process: ChildProcess, log: ServerLog,
    patience: Duration = .milliseconds(500)
  ) async throws {
    let watcher = Task {
      _ = await process.end()
      tell(service, isReady: false)
    }
    let isReady = await withCheckedContinuation { continuation in
      let known: Bool? = state.withLock { state in
        if state.ready.contains(service.bytes) { return true }
        if !process.isRunning { return false }
        state.waiting[service.bytes] = continuation
        return nil
      }
      if let known { continuation.resume(returning: known) }
    }
    watcher.cancel()
    guard !isReady else { return }
    // They may still be on their way through the pipe.
    await TimeLimit.within(patience) { for await _ in log.words {} }
    let words = log.lastLines.suffix(3)
    throw CommandFailure(
      "\(service) did not start: \(words.first ?? "")", details: Array(words.dropFirst()))
  }
}
