import CLinux

/// The words a process was started with, as C passes them to it.
package enum ProcessArguments {
  /// The words behind the program's name.
  package static func current() -> [String] { Array(all.dropFirst()) }

  /// What the program was called as; nil where whoever started it gave no word, not even a name.
  static var program: String? { all.first }

  private static var all: [String] {
    (0..<clinux_argument_count()).compactMap { clinux_argument($0).map { String(cString: $0) } }
  }
}
