import Glibc
package import JSON

/// The environment variables a process was started with.
package struct ProcessEnvironment: Sendable {
  /// The variables by name.
  package var variables: [ByteText: String]

  /// An environment of these variables.
  package init(_ variables: [ByteText: String]) { self.variables = variables }

  /// The value of a variable.
  package subscript(name: String) -> String? {
    get { variables[name.bytes] }
    set { variables[name.bytes] = newValue }
  }

  /// The value of a variable; nil also where it is empty, which says nothing.
  package func said(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// This process's own, read once by a main.
  package static func current() -> ProcessEnvironment {
    var variables: [ByteText: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) {
        variables[pair[..<equals].bytes] = String(pair[pair.utf8.index(after: equals)...])
      }
      entry += 1
    }
    return ProcessEnvironment(variables)
  }
}
