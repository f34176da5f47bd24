import CLinux
import Glibc
package import JSON
import Platform
import Synchronization

/// A process that podid started.
package final class ChildProcess: Sendable {
  /// What a stream of a child is.
  package enum Stream {
    case inherited
    /// The child's end of a pipe, closed here once the child has it.
    case pipe(Int32)
    /// /dev/null.
    case null
  }

  /// Those that run, and whether podid is about to end, which starts no more.
  private static let living = Mutex<(pids: Set<pid_t>, isOver: Bool)>(([], false))

  /// The kernel's number of it, which is another's some time after it has ended.
  package let pid: Int32
  private let ended: Mutex<(status: Int32?, waiting: [CheckedContinuation<Int32, Never>])> =
    Mutex((nil, []))

  /// Starts a program, found by its path, or by PATH where it has no slash.
  ///
  /// One that `outlivesUs` is not ended by ``endAll(grace:)``.
  package init(
    _ words: [String], environment: [ByteText: String], input: Stream = .inherited,
    output: Stream = .inherited, errors: Stream = .inherited, ownGroup: Bool = false,
    ownSession: Bool = false, outlivesUs: Bool = false
  ) throws(CommandFailure) {
    // C would cut each at a NUL, and run something else than was asked for.
    guard words.allSatisfy({ !$0.utf8.contains(0) }) else {
      throw CommandFailure("a word of the command holds a NUL, so it is not started")
    }
    if let broken = environment.first(where: {
      $0.string.utf8.contains(0) || $1.utf8.contains(0)
    }) {
      let name = String(decoding: broken.key.string.utf8.prefix { $0 != 0 }, as: UTF8.self)
      throw CommandFailure("the variable \(name) holds a NUL, so the command is not started")
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (stream, descriptor) in [(input, Int32(0)), (output, 1), (errors, 2)] {
      switch stream {
      case .inherited: break
      case .pipe(let end): posix_spawn_file_actions_adddup2(&actions, end, descriptor)
      case .null: posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
      }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGPIPE, SIGTERM, SIGINT] { sigaddset(&defaults, signal) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
    if ownGroup { flags |= Int32(POSIX_SPAWN_SETPGROUP) }
    if ownSession { flags |= 0x80 }  // POSIX_SPAWN_SETSID
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var arguments = words.map { strdup($0) } + [nil]
    var variables =
      environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") }
      + [nil]
    defer {
      for pointer in arguments + variables { free(pointer) }
    }
    var child: pid_t = 0
    let code = Self.living.withLock { living in
      if living.isOver { return ECANCELED }
      let code = posix_spawnp(&child, words[0], &actions, &attributes, &arguments, &variables)
      if code == 0, !outlivesUs { living.pids.insert(child) }
      return code
    }
    for stream in [input, output, errors] {
      if case .pipe(let end) = stream { close(end) }
    }
    guard code == 0 else {
      throw CommandFailure("\(words[0]): \(String(cString: strerror(code)))")
    }
    let started = child
    pid = started
    Thread.run { [self] in
      var info = siginfo_t()
      while waitid(P_PID, id_t(started), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
      let (status, waiting) = ended.withLock { state in
        // Nobody signals it from here on, for its number may then be another's.
        _ = Self.living.withLock { $0.pids.remove(started) }
        var status: Int32 = 0
        while waitpid(started, &status, 0) < 0 && errno == EINTR {}
        state.status = status
        defer { state.waiting = [] }
        return (status, state.waiting)
      }
      for continuation in waiting { continuation.resume(returning: status) }
    }
  }

  /// Whether the process still runs.
  var isRunning: Bool { ended.withLock { $0.status == nil } }

  /// Waits for its end: its exit code, or 128 and the number of the signal that ended it.
  package func end() async -> Int32 {
    let status = await withCheckedContinuation {
      (continuation: CheckedContinuation<Int32, Never>) in
      let status = ended.withLock { state -> Int32? in
        if state.status == nil { state.waiting.append(continuation) }
        return state.status
      }
      if let status { continuation.resume(returning: status) }
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  /// Sends a signal, if the process still runs.
  package func send(_ signal: Int32) {
    ended.withLock { state in
      if state.status == nil { kill(pid, signal) }
    }
  }

  /// Asks it to stop, and ends it after a while if it does not: a server finishes what is in flight
  /// within five seconds, for which a signal to podid leaves no time.
  package func stop(patience: Duration? = nil) async {
    send(SIGTERM)
    let killer = Task {
      let usual = SignalWatch.caught == nil ? Duration.seconds(7) : .milliseconds(600)
      try await Task.sleep(for: patience ?? usual)
      send(SIGKILL)
    }
    _ = await end()
    killer.cancel()
  }
}

extension ChildProcess {
  /// Asks all that run to stop, kills those that still do after `grace`, and lets no more start.
  package static func endAll(grace: Duration) {
    let deadline = ContinuousClock.now + grace
    var asked: Set<pid_t> = []
    while true {
      let isLate = ContinuousClock.now >= deadline
      let isDone = living.withLock { living in
        living.isOver = true
        for pid in living.pids where isLate || asked.insert(pid).inserted {
          kill(pid, isLate ? SIGKILL : SIGTERM)
        }
        return living.pids.isEmpty
      }
      if isDone || isLate { return }
      SignalWatch.pause(.milliseconds(10))
    }
  }
}

/// A pipe whose lines are read on a thread of their own.
package enum LinePipe {
  /// The writing end, for a child; each line is handed over as it comes.
  package static func make(
    ended: @escaping @Sendable () -> Void = {}, _ line: @escaping @Sendable (String) -> Void
  ) throws(CommandFailure) -> Int32 {
    var ends: [Int32] = [0, 0]
    guard clinux_pipe(&ends) == 0 else {
      throw CommandFailure("no pipe: \(String(cString: strerror(errno)))")
    }
    let (reading, writing) = (ends[0], ends[1])
    Thread.run {
      var rest: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 16_384)
      while true {
        let count = read(reading, &chunk, chunk.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { break }
        rest += chunk[..<count]
        while let end = rest.firstIndex(of: 0x0A) {
          line(String(decoding: rest[..<end], as: UTF8.self))
          rest.removeFirst(end + 1)
        }
      }
      if !rest.isEmpty { line(String(decoding: rest, as: UTF8.self)) }
      close(reading)
      ended()
    }
    return writing
  }
}
