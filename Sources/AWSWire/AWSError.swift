import JSON

/// A refusal as it goes over the wire: code, status and message; the renderers write it in each
/// protocol's form.
package struct AWSError: Error, Sendable, Hashable {
  /// Whose fault it is, as the query protocol says it.
  package enum Fault: String, Sendable {
    case sender = "Sender"
    case receiver = "Receiver"
  }

  package var code: String
  package var status: Int
  package var message: String
  package var fault: Fault { status >= 500 ? .receiver : .sender }

  /// A refusal.
  package init(_ code: String, status: Int, _ message: String) {
    self.code = code
    self.status = status
    self.message = message
  }
}

extension [AWSError] {
  /// The error of a code.
  package func named(_ code: String) -> AWSError? {
    let code = code.bytes
    return first { $0.code.bytes == code }
  }
}
