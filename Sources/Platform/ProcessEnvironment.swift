import Glibc

/// The environment variables a process was started with.
package struct ProcessEnvironment: Sendable {
  /// The variables by name.
  package var variables: [String: String]

  /// An environment of these variables.
  package init(_ variables: [String: String]) { self.variables = variables }

  /// The value of a variable.
  package subscript(name: String) -> String? {
    get { variables[name] }
    set { variables[name] = newValue }
  }

  /// This process's own, read once by a main.
  package static func current() -> ProcessEnvironment {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) {
        variables[String(pair[..<equals])] = String(pair[pair.utf8.index(after: equals)...])
      }
      entry += 1
    }
    return ProcessEnvironment(variables)
  }
}

/// The words a process was started with.
package enum ProcessArguments {
  /// The words behind the program's name.
  ///
  /// Read from the kernel: Swift's own list is empty when a preloaded library has changed the
  /// environment before main, as libfaketime does, and flags must not be lost without a word.
  package static func current() -> [String] {
    guard let bytes = try? SafeFile.read("/proc/self/cmdline"), bytes.last == 0 else {
      return Array(CommandLine.arguments.dropFirst())
    }
    return bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false).dropFirst()
      .map { String(decoding: $0, as: UTF8.self) }
  }
}
