import Glibc

/// Standard output and error, written whole and at once.
package enum StandardStreams {
  /// Writes text to standard output; false where nobody reads it any more.
  @discardableResult
  package static func write(_ text: String) -> Bool { write(text, to: 1) }

  /// Writes text to standard error.
  package static func writeError(_ text: String) { write(text, to: 2) }

  /// Ends the process at once, for commands that end with a signal and hold nothing.
  package static func exitNow(_ code: Int32) -> Never { _exit(code) }

  @discardableResult
  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    Array(text.utf8).withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(
          descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
        if count > 0 {
          written += count
        } else if errno != EINTR {
          return false
        }
      }
      return true
    }
  }
}
