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

  /// The value of a variable; nil also where it is empty, which says nothing.
  package func said(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }

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
