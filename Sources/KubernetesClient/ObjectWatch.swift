import HTTP
package import JSON
import Platform

/// What a watch sees.
package enum WatchEvent: Sendable {
  /// All objects at this moment: the first event, and again where changes were missed.
  case listed([JSON])
  /// An object is there, new or changed.
  case set(JSON)
  /// An object is gone; its last state.
  case removed(JSON)
  /// The server could not be asked; the watch tries again.
  case failed(KubernetesError)
}

extension KubernetesClient {
  /// Lists a collection and follows its changes until the stream is dropped.
  ///
  /// After a broken connection the watch goes on from the last revision it saw; where the server
  /// does not know that any more, everything is listed anew.
  package func watch(_ path: String, query: String = "") -> AsyncStream<WatchEvent> {
    AsyncStream { continuation in
      let task = Task {
        var failures = 0
        while !Task.isCancelled {
          do throws(KubernetesError) {
            try await follow(path, query: query, into: continuation) { failures = 0 }
          } catch {
            continuation.yield(.failed(error))
            failures += 1
            let pause = Duration.milliseconds(min(2000, 50 << min(failures, 6)))
            try? await Task.sleep(for: pause)
          }
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private func follow(
    _ path: String, query: String, into events: AsyncStream<WatchEvent>.Continuation,
    succeeded: () -> Void
  ) async throws(KubernetesError) {
    let list = try await get(path + (query.isEmpty ? "" : "?\(query)"))
    succeeded()
    var revision = list.at("metadata", "resourceVersion")?.string ?? ""
    events.yield(.listed(list["items"]?.array ?? []))
    while !Task.isCancelled {
      let target =
        "\(path)?watch=true&allowWatchBookmarks=true&resourceVersion=\(revision)"
        + (query.isEmpty ? "" : "&\(query)")
      let stream: HTTPClientStream
      do throws(KubernetesError) { stream = try await self.stream(target) } catch {
        if error.code == 410 { return }
        throw error
      }
      var lines = LineSplitter()
      do {
        for try await piece in stream.body {
          for line in lines.add(piece) {
            guard let event = try? JSON.parse(line), let object = event["object"] else { continue }
            switch event["type"]?.string {
            case "ADDED", "MODIFIED": events.yield(.set(object))
            case "DELETED": events.yield(.removed(object))
            case "BOOKMARK": break
            // Too old a revision: all is listed anew.
            default: return
            }
            revision = object.at("metadata", "resourceVersion")?.string ?? revision
          }
        }
      } catch {
        throw .unavailable("the watch of \(path) broke: \(error)")
      }
    }
  }
}

/// Puts pieces of a stream together to lines.
struct LineSplitter {
  private var rest: [UInt8] = []

  /// The lines that a piece completes.
  mutating func add(_ piece: [UInt8]) -> [[UInt8]] {
    rest += piece
    var lines: [[UInt8]] = []
    var start = 0
    for (index, byte) in rest.enumerated() where byte == 0x0A {
      lines.append(Array(rest[start..<index]))
      start = index + 1
    }
    if start > 0 { rest.removeFirst(start) }
    return lines
  }
}
