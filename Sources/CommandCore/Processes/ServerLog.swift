import Glibc
import JSON
import Platform
import Synchronization

/// A server's log: its lines in a file that is begun anew at 10 MB, warnings also to standard error.
final class ServerLog: Sendable {
  private static let limit = 10 << 20

  private struct State {
    var file: Int32
    var size: Int
    var last: [String] = []
    /// From what time on warnings are said; none before.
    var speaksSince: String?
  }
  private let service: String
  private let path: String
  private let state: Mutex<State>
  /// Ends once the server has nothing more to say; no element comes.
  let words: AsyncStream<Void>
  private let ending: AsyncStream<Void>.Continuation

  /// A log in a folder; warnings stay in the file until it is to ``speak(since:)``.
  init(service: String, folder: String) throws(CommandFailure) {
    self.service = service
    (words, ending) = AsyncStream.makeStream()
    path = "\(folder)/\(service).log"
    let file: Int32
    do { file = try Self.open(path) } catch { throw CommandFailure("\(error)") }
    var status = stat()
    fstat(file, &status)
    state = Mutex(State(file: file, size: Int(status.st_size)))
  }

  deinit { state.withLock { _ = close($0.file) } }

  private static func open(_ path: String) throws(FileError) -> Int32 {
    try SafeFile.openInPlace(path, O_WRONLY | O_APPEND)
  }

  /// Says the warnings of from `now` on on standard error as well.
  func speak(since now: Instant) { state.withLock { $0.speaksSince = now.rfc3339Milli } }

  /// Takes a line.
  func add(_ line: String) {
    let line = PrintedLine(line).text
    let bytes = Array((line + "\n").utf8)
    let speaksSince = state.withLock { state in
      if state.size + bytes.count > Self.limit {
        rename(path, "\(path).1")
        if let file = try? Self.open(path) {
          close(state.file)
          state.file = file
          state.size = 0
        }
      }
      _ = write(state.file, bytes, bytes.count)
      state.size += bytes.count
      state.last.append(line)
      if state.last.count > 10 { state.last.removeFirst() }
      return state.speaksSince
    }
    guard let speaksSince, let warning = Self.warning(in: line, since: speaksSince) else { return }
    StandardStreams.writeError("podid: \(service): \(warning)")
  }

  /// What is said of a line: its message and reason, where it is a warning of from that time on; nil
  /// for others.
  static func warning(in line: String, since: String) -> String? {
    guard let json = try? JSON.parse(line),
      (json["time"]?.string ?? since).bytes >= since.bytes,
      ["warning", "error"].contains((json["level"]?.string ?? "").bytes)
    else { return nil }
    let reason = json["reason"]?.string.map { ": \($0)" } ?? ""
    return "\(json["message"]?.string ?? line)\(reason)"
  }

  /// Takes note that no further line comes.
  func end() { ending.finish() }

  /// The last lines.
  var lastLines: [String] { state.withLock { $0.last } }
}
