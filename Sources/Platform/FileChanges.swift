import Glibc

/// Tells when a file may have come, changed or gone (inotify(7)).
package enum FileChanges {
  /// An element now, and another whenever something changes in the file's folder, or in the deepest
  /// folder above it that is there; the stream ends after `limit`, with a last element, or with its
  /// reader.
  ///
  /// Some file systems tell nothing of what another machine writes, and a user has only so many
  /// watches: so there is an element after each `pause` as well, and every 0.1 s where the kernel gives
  /// no watch.
  package static func of(
    _ path: String, within limit: Duration? = nil, pause: Duration = .seconds(1)
  ) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let deadline = limit.map { ContinuousClock.now + $0 }
    Thread.run {
      let queue = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
      defer { if queue >= 0 { close(queue) } }
      while true {
        // Again each time: a folder may have come, or another is in its place. What changed before is
        // seen by whoever looks after this.
        let isWatched = watch(path, by: queue)
        if case .terminated = continuation.yield() { return }
        let left = deadline.map { $0 - .now } ?? pause
        guard left > .zero else { return continuation.finish() }
        wait(for: queue, min(left, isWatched ? pause : .milliseconds(100)))
      }
    }
    return stream
  }

  /// Watches the deepest folder of a path that is there; false where it cannot be watched.
  private static func watch(_ path: String, by queue: Int32) -> Bool {
    let changes = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE
    func watch(_ folder: String) -> Bool {
      inotify_add_watch(queue, folder, UInt32(changes) | UInt32(IN_MOVE_SELF)) >= 0
    }
    var folder = Substring(path)
    while let end = folder.utf8.lastIndex(of: 0x2F) {
      folder = folder[..<end]
      if watch(folder.isEmpty ? "/" : String(folder)) { return true }
    }
    return watch(".")
  }

  /// Waits for a change, for so long at most, and forgets what the changes are.
  private static func wait(for queue: Int32, _ time: Duration) {
    var pending = pollfd(fd: queue, events: Int16(POLLIN), revents: 0)
    // Of many changes at once one is told: the folder may be a busy one.
    if poll(&pending, 1, Int32(clamping: time.nanoseconds / 1_000_000 + 1)) > 0 { usleep(2_000) }
    var events = [UInt8](repeating: 0, count: 4096)
    while read(queue, &events, events.count) > 0 {}
  }
}
