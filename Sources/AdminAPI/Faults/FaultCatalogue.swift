import JSON

/// What can be made to fail at a server: its operations, and what it can do beyond HTTP.
package struct FaultCatalogue: Sendable {
  /// A fault that the service itself carries out.
  package typealias Special = (name: String, operations: [String])

  /// The operations by the names that events have.
  package let operations: [String]
  /// The faults of its own by name, with those of its operations that know them.
  package let special: [Special]
  /// The codes that its refusals have in events.
  package let outcomes: [String]
  /// An error of an operation by its code; nil for a code that is not known.
  package let error: @Sendable (_ operation: String?, _ code: String) -> FaultError?

  /// A catalogue; of `special` it takes what is for one of its operations.
  package init(
    operations: [String], special: [Special] = [], outcomes: [String] = [],
    error: @escaping @Sendable (_ operation: String?, _ code: String) -> FaultError? = { _, _ in
      nil
    }
  ) {
    self.operations = operations
    let known = Set(operations.map(\.bytes))
    self.special =
      special.map { (name: $0.name, operations: $0.operations.filter { known.contains($0.bytes) }) }
      .filter { !$0.operations.isEmpty }
      .sorted { $0.name.bytes < $1.name.bytes }
    self.outcomes = outcomes
    self.error = error
  }
}

/// An error that a fault answers with.
package struct FaultError: Sendable {
  package let code: String
  package let status: Int
  package let message: String

  /// An error of these parts.
  package init(_ code: String, _ status: Int, _ message: String) {
    self.code = code
    self.status = status
    self.message = message
  }
}
