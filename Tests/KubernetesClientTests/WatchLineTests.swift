import JSON
import Testing

@testable import KubernetesClient

/// Lines of a watch, and when it asks again.
@Suite struct WatchLineTests {
  private func read(_ text: String) -> String {
    switch WatchLine(Array(text.utf8)) {
    case .event(.set(let object)): "set \(object["n"]?.integer ?? 0)"
    case .event(.removed(let object)): "removed \(object["n"]?.integer ?? 0)"
    case .event: "another event"
    case .nothing: "nothing"
    case .expired: "expired"
    case .failed(let error): "failed \(error.code.map { "\($0) " } ?? "")\(error)"
    }
  }

  @Test(
    "a line is an event, nothing, the end of a revision, or a failure",
    arguments: [
      (#"{"type":"ADDED","object":{"n":1}}"#, "set 1"),
      (#"{"type":"MODIFIED","object":{"n":2}}"#, "set 2"),
      (#"{"type":"DELETED","object":{"n":3}}"#, "removed 3"),
      (#"{"type":"BOOKMARK","object":{"n":4}}"#, "nothing"), (#"{"type":"ADDED"}"#, "nothing"),
      ("", "nothing"), ("x", "nothing"), ("[]", "nothing"),
      (#"{"type":"ERROR","object":{"kind":"Status","code":410}}"#, "expired"),
      (#"{"type":"ERROR","object":{"kind":"Status","code":500,"message":"m"}}"#, "failed 500 m"),
      (#"{"type":"ERROR","object":{"kind":"Status","message":"m"}}"#, "failed 500 m"),
      (#"{"type":"ERROR","object":{"code":403}}"#, "failed the API server answers 403"),
      (#"{"type":"added","object":{"kind":"Status","code":409,"message":"m"}}"#, "failed 409 m"),
    ])
  func lines(text: String, meaning: String) { #expect(read(text) == meaning) }

  @Test("a line may be as long as the limit, whatever its pieces")
  func limit() throws {
    for pieces in [["12345\n"], ["12", "345\n"], ["12345", "\n"], ["1", "2", "345\n12345\n"]] {
      var splitter = LineSplitter(limit: 5)
      var lines: [String] = []
      for piece in pieces {
        lines += try splitter.add(Array(piece.utf8)).map { String(decoding: $0, as: UTF8.self) }
      }
      #expect(lines.allSatisfy { $0 == "12345" } && !lines.isEmpty)
    }
    for pieces in [["123456\n"], ["123456"], ["12345", "6"], ["12345", "6\n"], ["1\n123456"]] {
      var splitter = LineSplitter(limit: 5)
      #expect(throws: LineSplitter.TooLong.self, "\(pieces)") {
        for piece in pieces { _ = try splitter.add(Array(piece.utf8)) }
      }
    }
  }
}

@Suite struct WatchBackoffTests {
  private func pauses(_ ends: [WatchBackoff.End], jitter: Double = 0) -> [Int] {
    var backoff = WatchBackoff()
    return ends.map { Int(backoff.pause(after: $0, jitter: jitter) / .milliseconds(1)) }
  }

  @Test("a server that is away is asked again within two seconds, sooner at first")
  func unavailable() {
    let ends = [WatchBackoff.End](repeating: .unavailable, count: 9)
    #expect(pauses(ends) == [100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000])
    var backoff = WatchBackoff()
    for _ in 0..<40 { _ = backoff.pause(after: .unavailable, jitter: 0) }
    backoff.listed()
    #expect(backoff.pause(after: .unavailable, jitter: 0) == .milliseconds(100))
  }

  @Test("a watch that brings nothing is asked ever more seldom, the first time soon")
  func empty() {
    let ends = [WatchBackoff.End](repeating: .empty, count: 9)
    #expect(pauses(ends) == [50, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000])
    // A good one in between is a new beginning; one that could not be asked is none.
    #expect(pauses([.empty, .empty, .served(.seconds(60)), .empty]) == [50, 800, 50, 50])
    #expect(pauses([.empty, .empty, .unavailable, .empty]) == [50, 800, 100, 1600])
  }

  @Test("a server that cuts each watch short is slowed, until one lasts a second")
  func served() {
    let ends = [WatchBackoff.End](repeating: .served(.milliseconds(999)), count: 7)
    #expect(
      pauses(ends + [.served(.seconds(1)), .served(.zero)])
        == [100, 200, 400, 800, 1600, 2000, 2000, 50, 100])
  }

  @Test(
    "jitter adds up to as much again, and no more than 30 s",
    arguments: [(0, 800), (0.5, 1200), (1, 1600), (9, 1600), (-1, 800)] as [(Double, Int)])
  func jitter(jitter: Double, wanted: Int) {
    #expect(pauses([.empty, .empty], jitter: jitter)[1] == wanted)
    #expect(pauses([WatchBackoff.End](repeating: .empty, count: 9), jitter: jitter)[8] == 30_000)
  }
}
