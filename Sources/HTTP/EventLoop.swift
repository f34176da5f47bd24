import CLinux
import Glibc
import Platform
import Synchronization

/// What waits for a descriptor on a loop.
protocol EventHandler: AnyObject {
  /// The descriptor can be read or written, or hung up; called on the loop's thread.
  func handle(_ events: UInt32)
  /// When ``deadlineReached()`` is to be called, in nanoseconds of the loop's clock.
  var deadline: UInt64 { get }
  /// The deadline has passed.
  func deadlineReached()
}

/// A thread that waits on epoll, and runs tasks that prefer it.
///
/// Safety: `@unchecked`: the descriptors' table and all handlers are used on the loop's thread alone;
/// what other threads hand over goes through `inbox`, under its lock.
final class EventLoop: TaskExecutor, @unchecked Sendable {
  private struct Inbox {
    var jobs: [UnownedJob] = []
    var calls: [@Sendable () -> Void] = []
    var isAwake = false
    var isStopped = false
  }

  private let poller: Int32
  private let waker: Int32
  private let inbox = Mutex(Inbox())
  private var handlers: [Int32: any EventHandler] = [:]
  private var nextDeadline = UInt64.max
  /// Where every connection of the loop reads into, so that idle ones hold no buffer.
  let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
  /// Where TLS connections decrypt into.
  let plainBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 << 10, alignment: 16)
  private let thread = Mutex<pthread_t?>(nil)

  init() {
    poller = Self.checked(epoll_create1(Int32(EPOLL_CLOEXEC)), "epoll_create1")
    waker = Self.checked(eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)), "eventfd")
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.fd = waker
    epoll_ctl(poller, EPOLL_CTL_ADD, waker, &event)
  }

  deinit {
    close(poller)
    close(waker)
    readBuffer.deallocate()
    plainBuffer.deallocate()
  }

  /// The descriptor that a call gave; without one there is no server, so the process ends.
  private static func checked(_ descriptor: Int32, _ call: String) -> Int32 {
    guard descriptor < 0 else { return descriptor }
    Shortage.end(.descriptor(call), errno)
  }

  /// Starts the thread.
  func start() { Thread.run { [self] in run() } }

  /// Ends the thread once it has done what was handed over before.
  func stop() {
    inbox.withLock { $0.isStopped = true }
    wake()
  }

  /// Whether the caller is on the loop's thread.
  var isCurrent: Bool { thread.withLock { $0 == pthread_self() } }

  /// Checks, in debug builds, that the caller is on the loop's thread; without one it may be on any.
  func assertCurrent() {
    assert(thread.withLock { $0 == nil || $0 == pthread_self() }, "not on the loop's thread")
  }

  /// Nanoseconds of a clock that only goes forward.
  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The clock's time after `duration`.
  static func time(after duration: Duration) -> UInt64 {
    let (sum, overflow) = now().addingReportingOverflow(UInt64(max(0, duration.nanoseconds)))
    return overflow ? .max : sum
  }

  /// Runs a closure on the loop's thread, after what waits there already.
  func later(_ body: @escaping @Sendable () -> Void) {
    let mustWake = inbox.withLock { inbox in
      inbox.calls.append(body)
      defer { inbox.isAwake = true }
      return !inbox.isAwake
    }
    if mustWake && !isCurrent { wake() }
  }

  /// Runs a closure on the loop's thread; at once when called there.
  func execute(_ body: @escaping @Sendable () -> Void) {
    if isCurrent { body() } else { later(body) }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let mustWake = inbox.withLock { inbox in
      inbox.jobs.append(job)
      defer { inbox.isAwake = true }
      return !inbox.isAwake
    }
    if mustWake && !isCurrent { wake() }
  }

  private func wake() {
    var one: UInt64 = 1
    write(waker, &one, 8)
  }

  // Only on the loop's thread from here on.

  /// Watches a descriptor.
  func add(_ descriptor: Int32, _ events: UInt32, _ handler: any EventHandler) {
    assertCurrent()
    handlers[descriptor] = handler
    control(EPOLL_CTL_ADD, descriptor, events)
    noteDeadline(handler.deadline)
  }

  /// Changes what a descriptor is watched for.
  func change(_ descriptor: Int32, _ events: UInt32) {
    assertCurrent()
    control(EPOLL_CTL_MOD, descriptor, events)
  }

  /// Watches a descriptor no more.
  func remove(_ descriptor: Int32) {
    assertCurrent()
    handlers[descriptor] = nil
    control(EPOLL_CTL_DEL, descriptor, 0)
  }

  /// Makes sure that the loop looks again by then.
  func noteDeadline(_ deadline: UInt64) { nextDeadline = min(nextDeadline, deadline) }

  private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32) {
    var event = epoll_event()
    event.events = events
    event.data.fd = descriptor
    epoll_ctl(poller, operation, descriptor, &event)
  }

  private func run() {
    thread.withLock { $0 = pthread_self() }
    var events = [epoll_event](repeating: epoll_event(), count: 256)
    while true {
      let isIdle = inbox.withLock { inbox in
        inbox.isAwake = !(inbox.jobs.isEmpty && inbox.calls.isEmpty)
        return !inbox.isAwake
      }
      let count = epoll_wait(poller, &events, Int32(events.count), isIdle ? timeout() : 0)
      inbox.withLock { $0.isAwake = true }
      for index in 0..<Int(max(0, count)) {
        let descriptor = events[index].data.fd
        if descriptor == waker {
          var value: UInt64 = 0
          read(waker, &value, 8)
        } else {
          handlers[descriptor]?.handle(events[index].events)
        }
      }
      if runInbox() { return }
      if nextDeadline <= Self.now() { sweep() }
    }
  }

  /// Milliseconds to wait, rounded up; -1 for ever.
  private func timeout() -> Int32 {
    guard nextDeadline != .max else { return -1 }
    let now = Self.now()
    guard nextDeadline > now else { return 0 }
    return Int32(min((nextDeadline - now) / 1_000_000 + 1, 60_000))
  }

  private func runInbox() -> Bool {
    // Bounded, so that tasks which keep enqueuing do not hold up the descriptors.
    for _ in 0..<64 {
      let (jobs, calls, isStopped) = inbox.withLock { inbox in
        defer {
          inbox.jobs.removeAll(keepingCapacity: true)
          inbox.calls.removeAll(keepingCapacity: true)
        }
        return (inbox.jobs, inbox.calls, inbox.isStopped)
      }
      if jobs.isEmpty && calls.isEmpty { return isStopped }
      for call in calls { call() }
      for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
    return false
  }

  private func sweep() {
    let now = Self.now()
    for handler in handlers.values.filter({ $0.deadline <= now }) { handler.deadlineReached() }
    let next = handlers.values.reduce(.max) { min($0, $1.deadline) }
    // A look at many takes its time, so there is no other one right behind it.
    nextDeadline = max(next, now + UInt64(handlers.count) * 1000)
  }
}
