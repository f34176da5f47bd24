package import HTTP
package import IAMPolicy
import JSON
package import Platform
package import PodIdentity

/// One operation of a service that speaks the query protocol, with what it uses beyond a call.
package protocol QueryOperation: Sendable {
  /// The operation's name, as `Action` has it.
  var name: String { get }
  /// Whether a presigned link of it works, by GET.
  var isPresigned: Bool { get }

  /// Does it, and returns the members of its result; nil where it has none.
  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue?
}

extension QueryOperation {
  /// Operations come by POST, unless they say otherwise.
  package var isPresigned: Bool { false }
}

/// A request for a ``QueryOperation``, its caller known.
package struct QueryCall: Sendable {
  package let operation: any QueryOperation
  package let caller: Caller
  package let request: HTTPRequest
  /// `Action`, `Version` and the operation's parameters.
  package let parameters: QueryParameters
  private let service: AWSService
  private let context: DoorContext

  /// A call of an operation.
  init(
    _ operation: any QueryOperation, _ signed: SignedRequest, parameters: QueryParameters
  ) {
    self.operation = operation
    caller = signed.authentication.caller
    request = signed.request
    self.parameters = parameters
    service = signed.service
    context = signed.context
  }

  /// The account that is called.
  package var account: AWSAccount { context.account }
  /// Roles and providers.
  package var store: RoleStore { context.store }
  /// What ids are drawn from.
  package var randomness: Randomness { context.randomness }

  /// The value of a parameter.
  package subscript(name: String) -> String? { parameters[name] }

  /// The values of a list: `Name.member.1`, `Name.member.2`, ...; `Name=` alone is an empty list.
  package func list(_ name: String) -> [String] {
    let prefix: ByteText = "\(name).member."
    return parameters.pairs
      .compactMap { pair -> (Int, String)? in
        guard let index = pair.name.bytes.without(prefix: prefix).flatMap({ Int($0) })
        else { return nil }
        return (index, pair.value)
      }
      .sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// The tags: `Tags.member.1.Key`, `Tags.member.1.Value`, ...
  package func tags() -> [ResourceTag] {
    var keys: [Int: String] = [:]
    var values: [Int: String] = [:]
    for pair in parameters.pairs where pair.name.bytes.hasPrefix("Tags.member.") {
      let parts = pair.name.bytes.split(separator: ".")
      guard parts.count == 4, let index = Int(parts[2]) else { continue }
      if parts[3].bytes == "Key" { keys[index] = pair.value }
      if parts[3].bytes == "Value" { values[index] = pair.value }
    }
    return Set(keys.keys).union(values.keys).sorted().map {
      ResourceTag(key: keys[$0] ?? "", value: values[$0] ?? "")
    }
  }

  /// Refuses unless the caller may do this.
  package func authorize(
    _ action: String, on resource: String, context keys: PolicyContext = [:]
  ) throws(Refusal) {
    try context.authorizer.require(
      action, on: resource, by: caller, request: request, of: service, context: keys,
      code: "AccessDenied")
  }
}
