import HTTP

/// The operations of a REST service by method and path.
struct RESTRoutes: Sendable {
  private struct Route: Sendable {
    let operation: any RESTOperation.Type
    let segments: [Substring]

    /// The arguments in a path, nil where it is another's.
    func arguments(in path: [String]) -> [String]? {
      var arguments: [String] = []
      for (index, segment) in segments.enumerated() {
        guard index < path.count else { return nil }
        if segment.hasSuffix("+}") {
          // Clients encode the slash in an ARN; those that do not make it several segments.
          return arguments + [path[index...].joined(separator: "/")]
        }
        if segment.hasPrefix("{") {
          guard !path[index].isEmpty else { return nil }
          arguments.append(path[index])
        } else if segment != path[index] {
          return nil
        }
      }
      return segments.count == path.count ? arguments : nil
    }
  }
  private let routes: [Route]

  /// The routes of these operations.
  init(_ operations: [any RESTOperation.Type]) {
    routes = operations.map { Route(operation: $0, segments: $0.path.split(separator: "/")) }
  }

  /// The names of the operations.
  var names: [String] { routes.map { $0.operation.name } }

  /// The operation that a request is for, with the arguments of its path.
  func operation(
    for request: HTTPRequest
  ) -> (operation: any RESTOperation.Type, arguments: [String])? {
    guard var path = request.pathSegments else { return nil }
    if path.count > 1, path.last == "" { path.removeLast() }
    for route in routes where route.operation.method == request.method {
      if let arguments = route.arguments(in: path) { return (route.operation, arguments) }
    }
    return nil
  }
}
