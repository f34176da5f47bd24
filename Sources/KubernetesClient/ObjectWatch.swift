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
  /// The server could not be asked, or answered with an error; the watch tries again.
  case failed(KubernetesError)
}

/// A collection's objects and then their changes, until the reader stops or its task is cancelled.
///
/// However a watch ends, everything is listed anew: the revision that it saw last may be one that the
/// server does not know any more, or of a cluster that was reset. Nothing is read ahead of the reader
/// beyond what ``HTTPClientBody`` keeps.
package struct ObjectWatch: AsyncSequence, Sendable {
  package typealias Element = WatchEvent
  package typealias Failure = Never
  let path: String
  let query: String
  let world: WatchWorld

  /// Where a watch is.
  package struct AsyncIterator: AsyncIteratorProtocol {
    private let path: String
    private let query: String
    private let world: WatchWorld
    private var backoff = WatchBackoff()
    private var pause = Duration.zero
    /// The revision of the last list; nil where everything is to be listed.
    private var revision: String?
    private var lines: HTTPClientBody.AsyncIterator?
    private var splitter = LineSplitter()
    private var events: ArraySlice<[UInt8]> = []
    private var opened = Duration.zero
    private var hasBrought = false

    init(_ watch: ObjectWatch) {
      (path, query, world) = (watch.path, watch.query, watch.world)
    }

    /// The next event; nil once the task is cancelled.
    package mutating func next() async -> WatchEvent? {
      while !Task.isCancelled {
        if pause > .zero {
          await world.sleep(pause)
          pause = .zero
          continue
        }
        do throws(KubernetesError) {
          if let event = try await step() { return event }
        } catch {
          // A cancelled request is no failure of the server's.
          if Task.isCancelled { return nil }
          return .failed(error)
        }
      }
      return nil
    }

    /// Does the next thing; nil where that brings no event.
    private mutating func step() async throws(KubernetesError) -> WatchEvent? {
      if let line = events.popFirst() { return try take(line) }
      if lines != nil { return try await read() }
      guard let revision else { return try await list() }
      let target =
        "\(path)?watch=true&allowWatchBookmarks=true"
        + "&resourceVersion=\(PercentEncoding.encode(revision))"
        + (query.isEmpty ? "" : "&\(query)")
      (splitter, opened, hasBrought) = (LineSplitter(), world.uptime(), false)
      do throws(KubernetesError) {
        lines = try await world.open(target).body.makeAsyncIterator()
      } catch {
        end(error.code == 410 ? .empty : .unavailable)
        // Too old a revision: all is listed anew.
        guard error.code == 410 else { throw error }
      }
      return nil
    }

    private mutating func list() async throws(KubernetesError) -> WatchEvent {
      do throws(KubernetesError) {
        let list = try await world.list(path + (query.isEmpty ? "" : "?\(query)"))
        backoff.listed()
        revision = list.at("metadata", "resourceVersion")?.string ?? ""
        return .listed(list["items"]?.array ?? [])
      } catch {
        end(.unavailable)
        throw error
      }
    }

    /// Reads the next piece of the watch's answer.
    private mutating func read() async throws(KubernetesError) -> WatchEvent? {
      do {
        guard let piece = try await lines?.next() else {
          end(served)
          return nil
        }
        events = try splitter.add(piece)[...]
        return nil
      } catch is LineSplitter.TooLong {
        end(.empty)
        throw .unavailable("the watch of \(path) sends a line above \(splitter.limit) bytes")
      } catch {
        end(served)
        throw .unavailable("the watch of \(path) broke: \(error)")
      }
    }

    /// What the watch that ends was good for.
    private var served: WatchBackoff.End {
      let time = world.uptime() - opened
      return hasBrought || time >= WatchBackoff.lasting ? .served(time) : .empty
    }

    private mutating func take(_ line: [UInt8]) throws(KubernetesError) -> WatchEvent? {
      switch WatchLine(line) {
      case .event(let event):
        hasBrought = true
        return event
      case .nothing: return nil
      case .expired:
        end(.empty)
        return nil
      case .failed(let error):
        // What was seen before does not count: the server answers with errors now.
        end(.empty)
        throw error
      }
    }

    private mutating func end(_ end: WatchBackoff.End) {
      (lines, events, revision) = (nil, [], nil)
      pause = backoff.pause(after: end, jitter: world.jitter())
    }
  }

  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}

extension KubernetesClient {
  /// Lists a collection and follows its changes.
  package func watch(_ path: String, query: String = "") -> ObjectWatch {
    ObjectWatch(
      path: path, query: query,
      world: WatchWorld(
        list: { [self] target async throws(KubernetesError) in try await get(target) },
        open: { [self] target async throws(KubernetesError) in try await stream(target) }))
  }
}
