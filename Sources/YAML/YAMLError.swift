/// Why a text is not YAML, or not YAML that has a JSON form.
package struct YAMLError: Error, Sendable, CustomStringConvertible {
  /// Counted from 1.
  package let line: Int
  package let message: String

  init(line: Int, _ message: String) {
    self.line = line
    self.message = message
  }

  package var description: String { "line \(line): \(message)" }
}
