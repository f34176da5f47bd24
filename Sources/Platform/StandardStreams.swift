import Glibc
import Synchronization

/// Standard output and error, written whole and at once.
///
/// Nothing else in podid and the servers writes to descriptors 1 and 2: lines pass through
/// ``PrintedLine``, and data for other programs is said to be that.
package enum StandardStreams {
  /// The C error number of the first write to standard output that failed, but for one that nobody
  /// reads any more (EPIPE): 0 where none did.
  private static let failed = Atomic<Int32>(0)

  /// Why something that was to be printed is lost, in one line; nil where nothing is.
  package static var loss: String? {
    let code = failed.load(ordering: .relaxed)
    return code == 0 ? nil : "standard output: \(String(cString: strerror(code)))"
  }

  /// Puts a stand-in where the caller closed one of descriptors 0 to 2: the next file that is opened
  /// would get its number, and be written to by whoever prints.
  ///
  /// What is written to a stand-in fails as it does at a closed descriptor.
  static func fill() {
    for descriptor in [Int32(0), 1, 2] where fcntl(descriptor, F_GETFD) < 0 {
      // The kernel gives the lowest number that is free, which is this one.
      _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Writes a line to standard output; false where nobody reads it any more.
  @discardableResult
  package static func write(_ line: PrintedLine) -> Bool { write(line.text + "\n", to: 1) }

  /// Writes a line that a program may wait for and that nobody has to read: that it cannot be written
  /// makes no command fail.
  /// - Returns: whether it is written.
  package static func announce(_ line: PrintedLine) -> Bool {
    writeAll(line.text + "\n", to: 1) == 0
  }

  /// Writes a line to standard error.
  package static func writeError(_ line: PrintedLine) { write(line.text + "\n", to: 2) }

  /// Writes a text of several lines of our own, such as a help, to standard output.
  package static func write(lines text: String) {
    write(PrintedLine.lines(of: text).map { $0.text + "\n" }.joined(), to: 1)
  }

  /// Writes a text of several lines of our own to standard error.
  package static func writeError(lines text: String) {
    write(PrintedLine.lines(of: text).map { $0.text + "\n" }.joined(), to: 2)
  }

  /// Writes text that a program reads, such as a shell's commands, byte by byte to standard output;
  /// on a terminal it is shown like any other text.
  package static func write(data text: String) {
    if isatty(1) == 1 { write(lines: text) } else { write(text + "\n", to: 1) }
  }

  /// Writes a question of our own, behind which the answer is typed, to standard error.
  package static func ask(_ question: StaticString) { write("\(question)", to: 2) }

  /// Ends the process at once; where something that was to be printed is lost, with a line that says
  /// so, and with 1 instead of 0.
  package static func exitNow(_ code: Int32) -> Never {
    guard let loss else { _exit(code) }
    writeError("\(Program.name): \(loss)")
    _exit(code == 0 ? 1 : code)
  }

  @discardableResult
  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    let code = writeAll(text, to: descriptor)
    if code != 0, code != EPIPE, descriptor == 1 {
      _ = failed.compareExchange(expected: 0, desired: code, ordering: .relaxed)
    }
    return code == 0
  }

  /// Writes a text whole; the C error number, or 0.
  private static func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(
          descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
        if count > 0 {
          written += count
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}
