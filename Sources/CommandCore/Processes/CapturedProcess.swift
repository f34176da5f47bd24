import Glibc
package import JSON
import Platform
import Synchronization

/// A process whose output is collected.
package struct CapturedProcess: Sendable {
  /// The exit code, or 128 and the number of the signal that ended it.
  package let code: Int32
  /// The lines of its standard output, without their ends.
  package let output: [String]
  /// The lines of its standard error, without their ends.
  package let errors: [String]

  /// Runs a command to its end.
  package static func run(
    _ words: [String], environment: [ByteText: String]
  ) async throws(CommandFailure) -> CapturedProcess {
    let lines = Mutex<(output: [String], errors: [String])>(([], []))
    let box = Box(lines: lines)
    let (ends, end) = AsyncStream<Void>.makeStream()
    let output = try LinePipe.make(
      ended: { end.yield() }, { line in box.lines.withLock { $0.output.append(line) } })
    let errors = try LinePipe.make(
      ended: { end.yield() }, { line in box.lines.withLock { $0.errors.append(line) } })
    let process = try ChildProcess(
      words, environment: environment, output: .pipe(output), errors: .pipe(errors))
    let code = await withTaskCancellationHandler {
      await process.end()
    } onCancel: {
      process.send(SIGTERM)
    }
    var count = 0
    for await _ in ends {
      count += 1
      if count == 2 { break }
    }
    return box.lines.withLock {
      CapturedProcess(code: code, output: $0.output, errors: $0.errors)
    }
  }

  private final class Box: Sendable {
    let lines: Mutex<(output: [String], errors: [String])>
    init(lines: consuming sending Mutex<(output: [String], errors: [String])>) {
      self.lines = lines
    }
  }
}
