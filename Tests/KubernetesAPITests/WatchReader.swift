import HTTP
import JSON
import Synchronization
import Testing

@testable import KubernetesAPI

/// Takes lines of a watch until there are as many as wanted, and leaves.
final class WatchReader: HTTPBodyWriter {
  private struct Enough: Error {}
  private let wanted: Int
  private let taken = Mutex<[JSON]>([])

  init(_ wanted: Int) { self.wanted = wanted }

  var lines: [JSON] { taken.withLock { $0 } }

  func write(_ bytes: [UInt8]) async throws {
    let line = try JSON.parse(bytes)
    let isEnough = taken.withLock { lines in
      lines.append(line)
      return lines.count >= wanted
    }
    if isEnough { throw Enough() }
  }
}

extension EndpointWorld {
  /// The first lines of a watch of `default`'s ConfigMaps.
  func watch(_ count: Int, _ query: String) async throws -> [JSON] {
    let target = "/api/v1/namespaces/default/configmaps?watch=true&\(query)"
    let request = HTTPRequest(method: "GET", target: target)
    let segments = ["api", "v1", "namespaces", "default", "configmaps"]
    let version = try #require(GroupVersion(segments))
    let path = try #require(ResourcePath(segments, groupVersion: version))
    let response = try WatchObjects.respond(
      to: KubernetesCall(
        cluster: cluster, user: .administrator, request: request, path: path,
        kind: .configMaps, query: request.query))
    guard case .stream(_, let body) = response.body else { return [] }
    let reader = WatchReader(count)
    try? await body(reader)
    return reader.lines
  }
}
