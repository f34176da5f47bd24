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
    poller = epoll_create1(Int32(EPOLL_CLOEXEC))
    waker = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
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

  /// Starts the thread.
  func start() { Thread.run { [self] in run() } }

  /// Ends the thread once it has done what was handed over before.
  func stop() {
    inbox.withLock { $0.isStopped = true }
    wake()
  }

  /// Whether the caller is on the loop's thread.
  var isCurrent: Bool { thread.withLock { $0 == pthread_self() } }

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

  /// Runs a closure on the loop's thread; at once when called there.
  func execute(_ body: @escaping @Sendable () -> Void) {
    if isCurrent { return body() }
    let mustWake = inbox.withLock { inbox in
      inbox.calls.append(body)
      defer { inbox.isAwake = true }
      return !inbox.isAwake
    }
    if mustWake { wake() }
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
    handlers[descriptor] = handler
    control(EPOLL_CTL_ADD, descriptor, events)
    noteDeadline(handler.deadline)
  }

  /// Changes what a descriptor is watched for.
  func change(_ descriptor: Int32, _ events: UInt32) { control(EPOLL_CTL_MOD, descriptor, events) }

  /// Watches a descriptor no more.
  func remove(_ descriptor: Int32) {
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
    nextDeadline = handlers.values.reduce(.max) { min($0, $1.deadline) }
  }
}

/// The loops of a process; connections are spread over them in turn.
package final class EventLoops: Sendable {
  private let loops: [EventLoop]
  private let turn = Atomic<Int>(0)

  /// Starts `count` loops, each with a thread of its own.
  package init(count: Int = 1) {
    loops = (0..<max(1, count)).map { _ in EventLoop() }
    for loop in loops { loop.start() }
  }

  /// The loop whose turn it is.
  func next() -> EventLoop {
    loops[turn.wrappingAdd(1, ordering: .relaxed).newValue & 0xFFFF % loops.count]
  }

  /// The first loop, which accepts connections.
  var first: EventLoop { loops[0] }

  /// Ends all threads; connections must be closed before.
  package func stop() { for loop in loops { loop.stop() } }
}
