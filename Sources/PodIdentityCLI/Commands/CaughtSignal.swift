import Synchronization

/// The signal that ends a command early: what fails after it, fails because of it.
final class CaughtSignal: Sendable {
  private let caught = Mutex<Int32?>(nil)

  var number: Int32? { caught.withLock { $0 } }

  func note(_ number: Int32) { caught.withLock { $0 = number } }
}
