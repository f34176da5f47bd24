import HTTP
import JSON

/// The operations of a REST service by method and path.
package struct RESTRoutes: Sendable {
  private struct Route: Sendable {
    let operation: any RESTOperation
    let segments: [Substring]

    /// The arguments in a path, nil where it is another's.
    func arguments(in path: [String]) -> [String]? {
      var arguments: [String] = []
      for (index, segment) in segments.enumerated() {
        guard index < path.count else { return nil }
        if segment.bytes.hasSuffix("+}") {
          // Clients encode the slash in an ARN; those that do not make it several segments.
          return arguments + [path[index...].joined(separator: "/")]
        }
        if segment.bytes.hasPrefix("{") {
          guard !path[index].isEmpty else { return nil }
          arguments.append(path[index])
        } else if segment.bytes != path[index].bytes {
          return nil
        }
      }
      return segments.count == path.count ? arguments : nil
    }
  }
  private let routes: [Route]

  /// The routes of these operations.
  init(_ operations: [any RESTOperation]) {
    routes = operations.map { Route(operation: $0, segments: $0.path.bytes.split(separator: "/")) }
  }

  /// The names of the operations.
  var names: [String] { routes.map { $0.operation.name } }

  /// An operation with the arguments of the path, decoded.
  package struct Match: Sendable {
    let operation: any RESTOperation
    let arguments: [String]
  }

  /// The operation that a request is for.
  func match(_ request: HTTPRequest) -> Match? {
    guard var path = request.pathSegments else { return nil }
    if path.count > 1, path.last?.bytes == "" { path.removeLast() }
    for route in routes where route.operation.method.bytes == request.method.bytes {
      if let arguments = route.arguments(in: path) {
        return Match(operation: route.operation, arguments: arguments)
      }
    }
    return nil
  }
}
