package import JSON
import Synchronization

/// How much a log line matters.
package enum LogLevel: String, Sendable, CaseIterable, Comparable {
  case debug, info, warning, error

  package static func < (left: LogLevel, right: LogLevel) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}

/// A log of JSON lines: `{"time":...,"level":...,"service":...,"message":...}` and fields.
///
/// Callers never pass tokens, secret keys or session tokens, not even shortened.
package struct Log: Sendable {
  private let service: String
  private let level: LogLevel
  private let clock: any WallClock
  private let write: @Sendable ([UInt8]) -> Void

  /// A log of one service that hands each line, with its line feed, to `write`.
  package init(
    service: String, level: LogLevel, clock: any WallClock = SystemClock(),
    write: @escaping @Sendable ([UInt8]) -> Void = Log.standardError
  ) {
    self.service = service
    self.level = level
    self.clock = clock
    self.write = write
  }

  /// A log that keeps nothing.
  package static let none = Log(service: "", level: .error, write: { _ in })

  /// Writes a line to standard error in one call.
  package static let standardError: @Sendable ([UInt8]) -> Void = { line in
    StandardStreams.writeError(PrintedLine(String(decoding: line.dropLast(), as: UTF8.self)))
  }

  /// Whether lines of this level are kept.
  package func isEnabled(_ level: LogLevel) -> Bool { level >= self.level }

  /// Writes a line if its level is kept.
  package func callAsFunction(
    _ level: LogLevel, _ message: @autoclosure () -> String,
    _ fields: @autoclosure () -> JSONObject = [:]
  ) {
    guard isEnabled(level) else { return }
    var line: JSONObject = [
      "time": .string(clock.now.rfc3339Milli), "level": .string(level.rawValue),
      "service": .string(service), "message": .string(message()),
    ]
    for (name, value) in fields() { line[name] = value }
    write(Array((SecretText.redacted(JSON.object(line).text()) + "\n").utf8))
  }

  /// Writes a line for somebody who hunts a fault.
  package func debug(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]
  ) { self(.debug, message(), fields()) }

  /// Writes a line about the ordinary course of things.
  package func info(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]
  ) { self(.info, message(), fields()) }

  /// Writes a line about something an operator should look at.
  package func warning(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]
  ) { self(.warning, message(), fields()) }

  /// Writes a line about something that failed.
  package func error(
    _ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]
  ) { self(.error, message(), fields()) }
}
