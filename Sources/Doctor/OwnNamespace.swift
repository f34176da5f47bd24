import CommandCore
import Glibc
import JSON
import Platform
import Synchronization

/// The trials of the link-local addresses: podid once more, in a network namespace of its own, where
/// nothing but these addresses and loopback is to be reached.
package struct OwnNamespace: Sendable {
  /// Tells the inner podid what it is; its input is a ``Lifeline``.
  package static let variable = "PODID_DOCTOR_INSIDE"

  let context: CommandContext

  /// What the trials came to.
  func outcomes() async throws(CommandFailure) -> [Trial: Diagnosis.Outcome] {
    let lifeline = try Lifeline()
    var environment = context.environment.variables
    environment[Self.variable.bytes] = "1"
    // Root needs no user namespace.
    let words =
      ["unshare", geteuid() == 0 ? "-n" : "-rn", "--", try Executables.path(of: "podid")]
      + ProcessArguments.current()
    let (said, line) = AsyncStream<(isError: Bool, text: String)>.makeStream()
    let pipes = OpenPipes(2) { line.finish() }
    let process: ChildProcess
    do throws(CommandFailure) {
      let output = try LinePipe.make(
        ended: { pipes.ended() }, { line.yield((false, $0)) })
      let errors = try LinePipe.make(
        ended: { pipes.ended() }, { line.yield((true, $0)) })
      process = try ChildProcess(
        words, environment: environment, input: .pipe(lifeline.inherited), output: .pipe(output),
        errors: .pipe(errors), ownGroup: true)
    } catch { return Self.impossible("\(error)") }
    let (output, errors) = await withTaskCancellationHandler {
      var (output, errors) = ("", [String]())
      // Not this task's cancellation ends the lines, but the process.
      for await piece in said {
        if piece.isError { errors.append(piece.text) } else { output += piece.text }
      }
      return (output, errors)
    } onCancel: {
      process.send(SIGTERM)
    }
    let code = await process.end()
    withExtendedLifetime(lifeline) {}
    guard let findings = try? JSON.parse(output).array?.compactMap({ Finding(json: $0) }),
      findings.count == 3
    else {
      return Self.impossible(errors.last { !$0.isEmpty } ?? "podid in it ended with \(code)")
    }
    return Dictionary(
      Trial.inside.map { ($0, .judged(findings)) }, uniquingKeysWith: { first, _ in first })
  }

  private static func impossible(_ reason: String) -> [Trial: Diagnosis.Outcome] {
    let text = "this machine gives no network namespace to try it in: \(reason)"
    return Dictionary(
      Trial.inside.map { ($0, .impossible(text)) }, uniquingKeysWith: { first, _ in first })
  }
}

/// Tells when the last of several pipes has ended.
private final class OpenPipes: Sendable {
  private let left: Mutex<Int>
  private let done: @Sendable () -> Void

  init(_ count: Int, done: @escaping @Sendable () -> Void) {
    left = Mutex(count)
    self.done = done
  }

  func ended() {
    let isLast = left.withLock { left in
      left -= 1
      return left == 0
    }
    if isLast { done() }
  }
}
