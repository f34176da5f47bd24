/// Why a server cannot start, in one line.
package struct StartFailure: Error, CustomStringConvertible {
  package let description: String

  /// A failure of this line.
  package init(_ description: String) { self.description = description }
}
