import JSON
import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// Which events `podid events` and `podid wait` are about, and how many of them.
@Suite struct EventFilterTests {
  private static let now = Instant(seconds: 1_795_514_400)

  private static func filter(_ words: [String]) throws -> EventFilter {
    try EventFilter(CommandArguments(words, of: .events), now: now)
  }

  private static let event: JSONObject = [
    "time": "2026-11-24T09:59:00.000Z", "operation": "GetObject", "outcome": "ok",
    "subject": ["namespace": "default", "serviceAccount": "app"],
  ]

  @Test(
    "each flag narrows by what it says",
    arguments: [
      ([], [:], true), (["--operation", "GetObject"], [:], true),
      (["--operation", "PutObject"], [:], false), (["--outcome", "ok"], [:], true),
      (["--outcome", "refused"], [:], false),
      (["--outcome", "refused"], ["outcome": "AccessDenied"], true),
      (["--outcome", "AccessDenied"], ["outcome": "AccessDenied"], true),
      (["--outcome", "AccessDenied"], ["outcome": "NoSuchKey"], false),
      (["--service-account", "app"], [:], true), (["--service-account", "web"], [:], false),
      (["--service-account", "other/app"], [:], false),
      ([], ["origin": "stack"], false), (["--origin", "app"], ["origin": "stack"], false),
      (["--origin", "stack"], ["origin": "stack"], true), (["--origin", "stack"], [:], false),
      (["--origin", "all"], ["origin": "stack"], true), (["--origin", "all"], [:], true),
    ] as [([String], JSONObject, Bool)])
  func matches(words: [String], more: JSONObject, isMatch: Bool) throws {
    var event = Self.event
    for member in more { event[member.name] = member.value }
    #expect(try Self.filter(words).matches(.object(event)) == isMatch)
  }

  @Test("a time is one of the calendar or one ago, and nothing else")
  func since() throws {
    func time(_ text: String?) throws -> String? {
      try EventFilter.time(text, now: Self.now, command: "events")
    }
    #expect(try time(nil) == nil)
    #expect(try time("5m") == (Self.now - .seconds(300)).rfc3339Milli)
    #expect(try time("2026-11-24T10:00:00Z") == "2026-11-24T10:00:00.000Z")
    let error = #expect(throws: UsageError.self) { try time("yesterday") }
    #expect(
      error?.description == "podid events: --since must be such as 5m or 2026-11-24T10:00:00Z")
  }

  @Test(
    "a count is N, N.. or N..M, and what is found is held against it",
    arguments: [
      ("1", 1, nil), ("1", 2, "2 events match, not 1"), ("0", 0, nil),
      ("0", 1, "1 event matches, not 0"), ("2..", 2, nil), ("2..", 9, nil),
      ("2..", 1, "1 event matches, not at least 2"), ("1..3", 1, nil), ("1..3", 3, nil),
      ("1..3", 4, "4 events match, not 1 to 3"), ("3..3", 2, "2 events match, not 3"),
    ] as [(String, Int, String?)])
  func counts(text: String, found: Int, objection: String?) throws {
    #expect(try Self.filter(["--count", text]).objection(to: found) == objection)
    #expect(try Self.filter([]).objection(to: found) == nil)
  }

  @Test(
    "other counts are refused",
    arguments: ["x", "-1", "..", "..2", "3..1", "1..2..", "1..2..3", "1....3"])
  func wrongCounts(text: String) {
    let error = #expect(throws: UsageError.self) { try Self.filter(["--count=\(text)"]) }
    #expect(
      error?.description == "podid events: --count must be N, N.. or N..M, not \"\(text)\"")
  }

  @Test("a count of what goes on for ever, and a stranger's origin, are refused")
  func exclusive() throws {
    #expect(throws: UsageError.self) { try Self.filter(["--count", "1", "--follow"]) }
    _ = try Self.filter(["--follow"])
    let error = #expect(throws: UsageError.self) { try Self.filter(["--origin", "me"]) }
    #expect(
      error?.description == "podid events: --origin must be app, stack or all, not \"me\"")
  }

  @Test("a condition waits for one event from now on, or for as many as are given from then on")
  func narrowed() throws {
    var plain = try Self.filter([])
    #expect(plain.least == 1)
    try plain.narrow(operation: "GetObject", outcome: "ok", since: Self.now)
    var event = Self.event
    #expect(!plain.matches(.object(event)))
    event["time"] = .string(Self.now.rfc3339Milli)
    #expect(plain.matches(.object(event)))
    event["outcome"] = "AccessDenied"
    #expect(!plain.matches(.object(event)))
    var given = try Self.filter([
      "--count", "3..", "--since", "2026-11-24T09:00:00Z", "--operation", "GetObject",
    ])
    try given.narrow(operation: nil, outcome: nil, since: Self.now)
    #expect(given.least == 3 && given.matches(.object(Self.event)))
    var other = Self.event
    other["operation"] = "PutObject"
    #expect(!given.matches(.object(other)))
  }

  @Test(
    "nothing can be waited for in vain",
    arguments: [("0", false), ("1..3", false), ("2", true), ("2..2", true)])
  func waits(count: String, isPossible: Bool) throws {
    var filter = try Self.filter(["--count", count])
    if isPossible {
      try filter.narrow(operation: nil, outcome: nil, since: Self.now)
    } else {
      #expect(throws: UsageError.self) {
        try filter.narrow(operation: nil, outcome: nil, since: Self.now)
      }
    }
  }

  @Test("the same filter can be had of the stack's own calls")
  func ofStack() throws {
    let filter = try Self.filter([])
    #expect(filter.isOfApps && !filter.ofStack.isOfApps)
    var event = Self.event
    event["origin"] = "stack"
    #expect(filter.ofStack.matches(.object(event)) && !filter.matches(.object(event)))
    #expect(try !Self.filter(["--origin", "all"]).isOfApps)
  }
}
