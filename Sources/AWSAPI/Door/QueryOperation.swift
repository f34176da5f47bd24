package import HTTP

/// One operation of a service that speaks the query protocol.
package protocol QueryOperation: Sendable {
  /// The operation's name, as `Action` has it.
  static var name: String { get }

  /// Does it, and returns the members of its result; nil where it has none.
  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue?
}

/// A request for a ``QueryOperation``, its caller known.
package struct QueryCall: Sendable {
  package let context: AWSAPIContext
  package let caller: Caller
  package let request: HTTPRequest
  /// `Action`, `Version` and the operation's parameters.
  package let parameters: QueryParameters

  /// The value of a parameter.
  package subscript(name: String) -> String? { parameters[name] }

  /// The values of a list: `Name.member.1`, `Name.member.2`, ...; `Name=` alone is an empty list.
  package func list(_ name: String) -> [String] {
    let prefix = "\(name).member."
    return parameters.pairs
      .compactMap { pair -> (Int, String)? in
        guard pair.name.hasPrefix(prefix), let index = Int(pair.name.dropFirst(prefix.count))
        else { return nil }
        return (index, pair.value)
      }
      .sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// The tags: `Tags.member.1.Key`, `Tags.member.1.Value`, ...
  package func tags() -> [ResourceTag] {
    var keys: [Int: String] = [:]
    var values: [Int: String] = [:]
    for pair in parameters.pairs where pair.name.hasPrefix("Tags.member.") {
      let parts = pair.name.split(separator: ".")
      guard parts.count == 4, let index = Int(parts[2]) else { continue }
      if parts[3] == "Key" { keys[index] = pair.value }
      if parts[3] == "Value" { values[index] = pair.value }
    }
    return Set(keys.keys).union(values.keys).sorted().map {
      ResourceTag(key: keys[$0] ?? "", value: values[$0] ?? "")
    }
  }

  /// Refuses unless the caller may do this.
  package func authorize(
    _ action: String, on resource: String, context keys: [String: [String]] = [:]
  ) throws(Refusal) {
    try context.authorizer.require(
      action, on: resource, by: caller, request: request, context: keys, code: "AccessDenied")
  }
}
