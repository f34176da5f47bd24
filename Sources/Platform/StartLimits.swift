import Glibc

/// What the limits of a process must leave a program.
///
/// With less, Swift's runtime and its pool of threads end it by a signal, or wait for ever, wherever
/// they lack something first: libdispatch traps where it cannot open /proc (workqueue.c), the runtime
/// where an allocation fails (`swift_abortAllocationFailure`).
enum StartLimits {
  /// Open files (RLIMIT_NOFILE); the servers raise what they may to more.
  static let descriptors: rlim_t = 64

  /// Bytes of address space (RLIMIT_AS): the program and its libraries, its heaps, and the stacks of
  /// the pool, a thread a core, and of its own threads.
  static func addressSpace(cores: Int, stack: rlim_t) -> rlim_t {
    let stack = stack == .max ? 8 << 20 : min(stack, 1 << 30)
    return 176 << 20 + (rlim_t(clamping: cores) + 8) * stack
  }

  /// Why a program cannot begin under these limits; nil where it can.
  static func objection(
    descriptors: rlim_t, addressSpace: rlim_t, cores: Int, stack: rlim_t
  ) -> String? {
    if descriptors < Self.descriptors {
      return "the limit of open files is \(descriptors): raise it to \(Self.descriptors) at least "
        + "(ulimit -n)"
    }
    let needed = Self.addressSpace(cores: cores, stack: stack)
    guard addressSpace < needed else { return nil }
    return "the limit of memory is \(addressSpace >> 10) KiB: raise it to \(needed >> 10) at least "
      + "(ulimit -v)"
  }

  /// Ends the process with one line where it cannot begin.
  static func require() {
    // The soft limit is the caller's to set lower, and ours to raise.
    if limit(RLIMIT_NOFILE).rlim_cur < descriptors { DescriptorLimit.raise() }
    let reason = objection(
      descriptors: limit(RLIMIT_NOFILE).rlim_cur, addressSpace: limit(RLIMIT_AS).rlim_cur,
      cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)), stack: limit(RLIMIT_STACK).rlim_cur)
    guard let reason else { return }
    StandardStreams.writeError("\(Program.name): \(reason)")
    _exit(1)
  }

  private static func limit(_ resource: __rlimit_resource) -> rlimit {
    var limit = rlimit(rlim_cur: .max, rlim_max: .max)
    getrlimit(__rlimit_resource_t(resource.rawValue), &limit)
    return limit
  }
}
