import Glibc

/// A thread of its own, for what blocks.
package enum Thread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a new detached thread.
  ///
  /// Where none can be made the process ends: whoever waits for the work would wait for ever, deaf to
  /// signals too, whose turn comes on such a thread.
  package static func run(_ body: @escaping @Sendable () -> Void) {
    let code = start(body)
    guard code == 0 else { Shortage.end(.thread, code) }
  }

  /// Runs `body` on a new detached thread; an errno where none can be made, and then nothing is run.
  package static func start(_ body: @escaping @Sendable () -> Void) -> Int32 {
    let work = Unmanaged.passRetained(Work(body)).toOpaque()
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let code = pthread_create(
      &thread, &attributes,
      { pointer in
        if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
        return nil
      }, work)
    pthread_attr_destroy(&attributes)
    if code != 0 { Unmanaged<Work>.fromOpaque(work).release() }
    return code
  }

  /// Ends the process unless so many threads can be there at once besides this one.
  ///
  /// Swift's own pool waits for ever where the kernel gives it no thread, and says nothing.
  static func require(_ count: Int) {
    let gate = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(gate, nil)
    pthread_mutex_lock(gate)
    var threads: [pthread_t] = []
    for _ in 0..<count {
      var thread = pthread_t()
      let code = pthread_create(
        &thread, nil,
        { pointer in
          let gate = pointer?.assumingMemoryBound(to: pthread_mutex_t.self)
          if let gate {
            pthread_mutex_lock(gate)
            pthread_mutex_unlock(gate)
          }
          return nil
        }, gate)
      guard code == 0 else { Shortage.end(.thread, code) }
      threads.append(thread)
    }
    pthread_mutex_unlock(gate)
    for thread in threads { pthread_join(thread, nil) }
    pthread_mutex_destroy(gate)
    gate.deallocate()
  }
}
