/// A command that did not succeed: exit code 1, with the reason.
package struct CommandFailure: Error, CustomStringConvertible {
  /// The reason in a line, without `podid: ` in front.
  package let description: String
  /// Further lines, such as the last words of a server.
  package let details: [String]
  /// What a server answered with; nil where it was none that refused.
  package let status: Int?

  /// A failure for this reason.
  package init(_ description: String, details: [String] = [], status: Int? = nil) {
    self.description = description
    self.details = details
    self.status = status
  }
}
