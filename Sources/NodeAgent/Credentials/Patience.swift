import Synchronization

/// How long those who wait for credentials would wait: for further tries, or for the present one only.
final class Patience: Sendable {
  private let state = Mutex<(isOver: Bool, pause: Task<Void, Never>?)>((false, nil))

  /// From now on no further try is made, and a pause before one ends.
  func end() {
    let pause = state.withLock { state in
      defer { state = (true, nil) }
      return state.pause
    }
    pause?.cancel()
  }

  /// Pauses before another try; false where none is to be made.
  func pause(for duration: Duration) async -> Bool {
    let pause = Task { _ = try? await Task.sleep(for: duration) }
    state.withLock { state in
      if state.isOver { pause.cancel() } else { state.pause = pause }
    }
    await withTaskCancellationHandler {
      await pause.value
    } onCancel: {
      pause.cancel()
    }
    return !Task.isCancelled && state.withLock { !$0.isOver }
  }
}
