import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import KubernetesClient

/// A watch beside a server whose answers are given, in a time that only its own pauses move.
@Suite(.timeLimit(.minutes(10))) struct ObjectWatchTests {
  /// The server, and the clock.
  private final class World: Sendable {
    private struct State {
      var time = Duration.zero
      var lists = 0
      var watches: [String] = []
      var pauses: [Duration] = []
    }
    private let state = Mutex(State())
    private let list: @Sendable (Int) throws(KubernetesError) -> JSON
    private let answer: @Sendable (Int) throws(KubernetesError) -> (HTTPClientBody, Duration)

    /// `answer` gets the number of the watch, and returns its body with how long it stays open.
    init(
      list: @escaping @Sendable (Int) throws(KubernetesError) -> JSON = { _ in
        ["metadata": ["resourceVersion": "7"], "items": []]
      },
      _ answer: @escaping @Sendable (Int) throws(KubernetesError) -> (HTTPClientBody, Duration)
    ) {
      self.list = list
      self.answer = answer
    }

    var lists: Int { state.withLock { $0.lists } }
    var watches: [String] { state.withLock { $0.watches } }
    var pauses: [Duration] { state.withLock { $0.pauses } }
    var time: Duration { state.withLock { $0.time } }

    func watch(query: String = "") -> ObjectWatch {
      ObjectWatch(
        path: "/api/v1/pods", query: query,
        world: WatchWorld(
          list: { [self] _ async throws(KubernetesError) in
            try list(
              state.withLock { state in
                state.lists += 1
                return state.lists
              })
          },
          open: { [self] target async throws(KubernetesError) in
            let number = state.withLock { state in
              state.watches.append(target)
              return state.watches.count
            }
            let (body, lasting) = try answer(number)
            state.withLock { $0.time += lasting }
            return HTTPClientStream(status: 200, body: body)
          },
          sleep: { [self] pause in
            state.withLock { state in
              state.time += pause
              state.pauses.append(pause)
            }
          }, uptime: { [self] in time }, jitter: { 0 }))
    }
  }

  private static func body(_ lines: String...) -> HTTPClientBody {
    HTTPClientBody(pieces: lines.map { Array("\($0)\n".utf8) })
  }

  private static let gone = #"""
    {"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}
    """#
  private static let broken = #"""
    {"type":"ERROR","object":{"kind":"Status","code":500,"reason":"InternalError","message":"bang"}}
    """#

  /// What a watch says until its clock shows `time`.
  private func follow(_ world: World, until time: Duration) async -> [String] {
    var seen: [String] = []
    for await event in world.watch() {
      switch event {
      case .listed(let items): seen.append("listed \(items.count)")
      case .set(let object): seen.append("set \(object["n"]?.integer ?? 0)")
      case .removed(let object): seen.append("removed \(object["n"]?.integer ?? 0)")
      case .failed(let error): seen.append("failed \(error)")
      }
      if world.time >= time { break }
    }
    return seen
  }

  @Test("a server that ends each watch at once is asked ever more seldom")
  func emptyEnds() async {
    for body in ["", Self.gone + "\n", Self.broken + "\n"] {
      let world = World { _ in (HTTPClientBody(pieces: [Array(body.utf8)]), .zero) }
      _ = await follow(world, until: .seconds(3))
      #expect(world.watches.count <= 5, "\(body)")
      let long = World { _ in (HTTPClientBody(pieces: [Array(body.utf8)]), .zero) }
      _ = await follow(long, until: .seconds(600))
      #expect(long.watches.count < 30, "\(body)")
      #expect(long.pauses.last == .seconds(30))
    }
  }

  @Test("410 as an answer's status is as seldom asked again")
  func goneStatus() async {
    let world = World { (_) throws(KubernetesError) in
      throw .refused(code: 410, reason: "Expired", message: "too old")
    }
    let seen = await follow(world, until: .seconds(3))
    #expect(world.watches.count <= 5)
    #expect(Set(seen) == ["listed 0"])
  }

  @Test("an ERROR is told with its message, and everything is listed anew")
  func errors() async {
    let world = World { number in
      (number == 1 ? Self.body(Self.broken) : Self.body(), .zero)
    }
    let seen = await follow(world, until: .milliseconds(60))
    #expect(seen.prefix(3) == ["listed 0", "failed bang", "listed 0"])
  }

  @Test("bookmarks alone are nothing, and a server that cuts after each event is slowed too")
  func hostileEnds() async {
    let bookmark = World { _ in
      (Self.body(#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}"#), .zero)
    }
    _ = await follow(bookmark, until: .seconds(3))
    #expect(bookmark.watches.count <= 5)
    let cutting = World { _ in (Self.body(#"{"type":"ADDED","object":{"n":1}}"#), .zero) }
    _ = await follow(cutting, until: .seconds(60))
    #expect(cutting.watches.count < 40)
  }

  @Test("after a good watch the next one comes soon, whatever was before")
  func recovers() async {
    let world = World { number in
      number < 5 || number > 6 ? (Self.body(), .zero) : (Self.body(), .seconds(300))
    }
    _ = await follow(world, until: .seconds(700))
    let pauses = world.pauses
    #expect(pauses.count > 7)
    #expect(pauses[3] > .seconds(3))
    #expect(pauses[4] <= .milliseconds(100))
    #expect(pauses[5] <= .milliseconds(100))
  }

  @Test("a server that is away is asked again within two seconds, and told of")
  func away() async {
    let world = World(
      list: { (_) throws(KubernetesError) in throw .unavailable("away") },
      { _ in (Self.body(), .zero) })
    let seen = await follow(world, until: .seconds(20))
    #expect(Set(seen) == ["failed away"])
    #expect(world.pauses.allSatisfy { $0 <= .seconds(2) })
    #expect(world.lists < 20)
  }

  @Test("changes are told, and a line may come in pieces")
  func changes() async {
    let world = World { _ in
      let line = #"{"type":"MODIFIED","object":{"n":2}}"# + "\n"
      let bytes = Array(line.utf8)
      let pieces = [Array(#"{"type":"ADDED","object":{"n":1}}"#.utf8) + [0x0A] + bytes[..<9]]
      let end = Array(#"{"type":"DELETED","object":{"n":3}}"#.utf8) + [0x0A]
      return (HTTPClientBody(pieces: pieces + [Array(bytes[9...]) + end]), .seconds(1))
    }
    let seen = await follow(world, until: .milliseconds(1100))
    #expect(seen.prefix(4) == ["listed 0", "set 1", "set 2", "removed 3"])
  }

  @Test("a line without an end is an error, and is not kept")
  func endlessLine() async {
    let world = World { _ in
      let piece = [UInt8](repeating: 0x20, count: 1 << 20)
      return (HTTPClientBody(pieces: [[UInt8]](repeating: piece, count: 9)), .zero)
    }
    let seen = await follow(world, until: .milliseconds(10))
    #expect(seen.count >= 2)
    #expect(seen.contains { $0.bytes.contains("line above") })
  }

  @Test(
    "numbers and shapes of a hostile server end no watch",
    arguments: [
      #"{"type":"ERROR","object":{"code":99999999999999999999}}"#,
      #"{"type":"ERROR","object":{"kind":"Status","code":-9223372036854775808}}"#,
      #"{"type":"ERROR","object":{"kind":"Status","code":1e300}}"#, #"{"type":"ERROR"}"#,
      #"{"type":1,"object":[]}"#, #"[]"#, "nonsense", #"{"type":"ADDED","object":null}"#,
    ])
  func hostileLines(line: String) async {
    let world = World { _ in (Self.body(line), .zero) }
    _ = await follow(world, until: .seconds(3))
    #expect(world.watches.count <= 40)
  }

  @Test("a cancelled task ends the watch without a word")
  func cancelled() async {
    let world = World { _ in (Self.body(), .zero) }
    let watch = world.watch()
    let task = Task {
      var events = 0
      for await _ in watch {
        events += 1
        if events == 2 { withUnsafeCurrentTask { $0?.cancel() } }
      }
      return events
    }
    #expect(await task.value == 2)
  }

  @Test(
    "jitter adds up to as much again, and no pause is longer than 30 s", arguments: [0, 0.5, 1, 9])
  func jitter(jitter: Double) {
    var backoff = WatchBackoff()
    for _ in 0..<40 {
      let pause = backoff.pause(after: .empty, jitter: jitter)
      #expect(pause > .zero && pause <= .seconds(30))
    }
    for _ in 0..<40 {
      #expect(backoff.pause(after: .unavailable, jitter: jitter) <= .seconds(4))
    }
  }
}
