// SQLite behind an actor whose thread is its own, so that no event loop waits for a disk. It knows
// nothing of AWS or Kubernetes.

import Glibc
import Platform
import Synchronization

/// A database file: one writer, on a thread of its own.
///
/// A write returns once it is committed (WAL, `synchronous=NORMAL`): it survives a killed process.
package final actor Database {
  private nonisolated let executor: DatabaseThread
  private var connection: Connection?

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// Opens or makes a database, a file or `:memory:`, and brings its schema up to date.
  package init(path: String, migrations: [String]) async throws(DatabaseError) {
    executor = DatabaseThread()
    connection = nil
    try open(path: path, migrations: migrations)
  }

  deinit { executor.stop() }

  private func open(path: String, migrations: [String]) throws(DatabaseError) {
    let connection = try Connection(path: path)
    // The first read tells a broken file from a good one.
    _ = try connection.query("SELECT count(*) FROM sqlite_schema", []) { $0.integer(0) }
    try connection.migrate(migrations)
    self.connection = connection
  }

  /// Runs `body` in one transaction; an error undoes all of it.
  @discardableResult
  package func write<Result: Sendable>(
    _ body: @Sendable (Connection) throws -> Result
  ) throws -> Result {
    guard let connection else { throw DatabaseError(.other, "the database is closed") }
    return try connection.transaction(body)
  }

  /// Runs `body` in one transaction, and `committed` with its result before any other job.
  package func write<Result: Sendable>(
    _ body: @Sendable (Connection) throws -> Result, committed: @Sendable (Result) -> Void
  ) throws -> Result {
    let result = try write(body)
    committed(result)
    return result
  }

  /// Runs queries.
  package func read<Result: Sendable>(
    _ body: @Sendable (Connection) throws -> Result
  ) throws -> Result {
    guard let connection else { throw DatabaseError(.other, "the database is closed") }
    return try body(connection)
  }

  /// Closes the file; later calls fail.
  package func close() { connection = nil }
}

/// The thread that runs a database's jobs one after another.
///
/// Safety: `@unchecked` for the condition variable; every access to the jobs holds `mutex`.
private final class DatabaseThread: SerialExecutor, @unchecked Sendable {
  private let queue = Queue()
  private let isStarted = Mutex(false)

  private final class Queue: @unchecked Sendable {
    var mutex = pthread_mutex_t()
    var condition = pthread_cond_t()
    var jobs: [UnownedJob] = []
    var isStopped = false

    init() {
      pthread_mutex_init(&mutex, nil)
      pthread_cond_init(&condition, nil)
    }

    func next() -> [UnownedJob]? {
      pthread_mutex_lock(&mutex)
      defer { pthread_mutex_unlock(&mutex) }
      while jobs.isEmpty {
        if isStopped { return nil }
        pthread_cond_wait(&condition, &mutex)
      }
      defer { jobs.removeAll(keepingCapacity: true) }
      return jobs
    }

    func add(_ job: UnownedJob) {
      pthread_mutex_lock(&mutex)
      jobs.append(job)
      pthread_cond_signal(&condition)
      pthread_mutex_unlock(&mutex)
    }

    func stop() {
      pthread_mutex_lock(&mutex)
      isStopped = true
      pthread_cond_signal(&condition)
      pthread_mutex_unlock(&mutex)
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let mustStart = isStarted.withLock { started in
      defer { started = true }
      return !started
    }
    if mustStart {
      let queue = queue
      let executor = asUnownedSerialExecutor()
      Thread.run {
        while let jobs = queue.next() {
          for job in jobs { job.runSynchronously(on: executor) }
        }
      }
    }
    queue.add(job)
  }

  func stop() { queue.stop() }
}
