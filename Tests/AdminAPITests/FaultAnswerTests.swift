import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import AdminAPI

/// What each action makes of an answer.
@Suite struct FaultAnswerTests {
  private static let genuine = HTTPResponse.text(201, "0123456789")

  private func fault(_ members: JSONObject) throws -> Fault {
    var rule = members
    rule["operation"] = "Get"
    return try Fault(json: .object(rule), catalogue: FaultBookTests.catalogue)
  }

  /// The answer in the true one's place.
  private func instead(_ fault: Fault) async -> HTTPResponse? {
    await fault.answerInstead { .text($0.status, "\($0.code): \($0.message)") }
  }

  private final class Pieces: HTTPBodyWriter {
    let all = Mutex<[[UInt8]]>([])
    func write(_ bytes: [UInt8]) async throws { all.withLock { $0.append(bytes) } }
  }

  @Test("every row of the table is known by its name, and says what it does")
  func rows() {
    #expect(Set(FaultKind.all.map(\.name.bytes)).count == FaultKind.all.count)
    for kind in FaultKind.all {
      #expect(FaultKind.named(kind.name)?.name == kind.name)
      #expect(!kind.help.isEmpty)
      if let word = kind.word { #expect(kind.members.contains(word)) }
    }
    #expect(FaultKind.named("explode") == nil)
  }

  @Test(
    "an error is the operation's own, with the status and text that the rule gives",
    arguments: [
      ([:], 400, "Throttling: Rate exceeded"), (["status": 418], 418, "Throttling: Rate exceeded"),
      (["message": "slow"], 400, "Throttling: slow"),
    ] as [(JSONObject, Int, String)])
  func error(more: JSONObject, status: Int, text: String) async throws {
    var rule: JSONObject = ["action": "error", "code": "Throttling"]
    for (name, value) in more { rule[name] = value }
    let answer = try #require(await instead(fault(rule)))
    #expect(answer.status == status)
    #expect(answer.bodyBytes == Array(text.utf8))
  }

  @Test("a status comes with a text that is none of the protocol's")
  func status() async throws {
    let answer = try #require(await instead(fault(["action": "status", "status": 503])))
    #expect(answer.status == 503)
    #expect(answer.bodyBytes == Array("A fault was set.\n".utf8))
  }

  @Test("who hangs says nothing, who resets ends the connection")
  func silence() async throws {
    let hang = try #require(await instead(fault(["action": "hang"])))
    guard case .silence = hang.body else {
      Issue.record("\(hang)")
      return
    }
    let reset = try #require(await instead(fault(["action": "reset"])))
    guard case .reset = reset.body else {
      Issue.record("\(reset)")
      return
    }
  }

  @Test("the true answer comes after a delay, or as the service's own fault has it")
  func genuine() async throws {
    for rule: JSONObject in [["action": "delay", "duration": "20ms"], ["action": "own-way"]] {
      let fault = try fault(rule)
      let start = ContinuousClock.now
      #expect(await instead(fault) == nil)
      if rule["duration"] != nil { #expect(ContinuousClock.now - start >= .milliseconds(20)) }
      #expect(fault.spoil(Self.genuine).bodyBytes == Self.genuine.bodyBytes)
    }
  }

  @Test("a fault of the service's own is known by its name alone")
  func own() throws {
    let own = try fault(["action": "own-way"])
    #expect(own.isSpecial("own-way") && !own.isSpecial("elsewhere"))
    #expect(try !fault(["action": "hang"]).isSpecial("hang"))
  }

  @Test("half of the answer comes of what was announced whole")
  func truncate() async throws {
    let spoilt = try fault(["action": "truncate"]).spoil(Self.genuine)
    guard case .stream(let length, let body) = spoilt.body else {
      Issue.record("\(spoilt)")
      return
    }
    let pieces = Pieces()
    try await body(pieces)
    #expect(length == 10 && spoilt.status == 201)
    #expect(pieces.all.withLock { $0 } == [Array("01234".utf8)])
  }

  @Test("an answer drips in pieces, which are all of it", arguments: [0, 1, 10, 250])
  func drip(size: Int) async throws {
    let fault = try fault(["action": "drip", "duration": "1ms"])
    let whole = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    let spoilt = fault.spoil(HTTPResponse(status: 200, body: .bytes(whole)))
    guard case .stream(let length, let body) = spoilt.body else {
      Issue.record("\(spoilt)")
      return
    }
    let pieces = Pieces()
    try await body(pieces)
    let all = pieces.all.withLock { $0 }
    #expect(length == size && all.flatMap { $0 } == whole)
    #expect(all.count == min(max(size, 1), 100))
  }

  @Test("garbage is neither JSON nor XML, under the true head")
  func garbage() throws {
    let spoilt = try fault(["action": "garbage"]).spoil(Self.genuine)
    #expect(spoilt.status == 201)
    #expect(String(decoding: spoilt.bodyBytes, as: UTF8.self).hasPrefix("<garbage>{{{"))
    #expect(throws: (any Error).self) { try JSON.parse(spoilt.bodyBytes) }
  }

  @Test(
    "an event says which fault was met; a delay leaves its outcome",
    arguments: [
      (["action": "delay", "duration": "5s"], "ok", nil, "delay 5000 ms"),
      (["action": "hang"], "fault", "fault", "hang"),
      (["action": "drip", "duration": "5s"], "fault", "fault", "drip"),
      (["action": "status", "status": 503], "fault", "fault", "status 503"),
      (["action": "error", "code": "Throttling"], "Throttling", "fault", "error Throttling"),
      (["action": "own-way"], "fault", "fault", "own-way"),
    ] as [(JSONObject, String, String?, String)])
  func events(rule: JSONObject, outcome: String, check: String?, text: String) throws {
    var fault = try fault(rule)
    fault.id = "test-1"
    var event = Event(operation: "Get")
    event.note(fault)
    #expect(event.outcome == outcome && event.check?.name == check)
    #expect(event.details["fault"] == "test-1")
    #expect(event.reason == "The fault test-1 (\(text)) was set for this call.")
  }

  @Test(
    "a rule is listed as it can be set again",
    arguments: [
      ["action": "error", "code": "Throttling", "status": 400, "message": "Rate exceeded"],
      ["action": "status", "status": 418], ["action": "delay", "duration": "250ms"],
      ["action": "hang"], ["action": "reset"], ["action": "truncate"],
      ["action": "drip", "duration": "10000ms"], ["action": "garbage"],
      ["action": "restart", "duration": "0ms"], ["action": "own-way"],
      [
        "action": "hang", "id": "i", "namespace": "n", "serviceAccount": "a", "pod": "p",
        "nth": 2, "count": 3, "probability": .number("0.5"), "seed": 7,
      ],
    ] as [JSONObject])
  func listed(rule: JSONObject) throws {
    let first = try fault(rule)
    let again = try Fault(json: .object(first.json), catalogue: FaultBookTests.catalogue)
    #expect(again.match == first.match && again.action == first.action)
    for (name, value) in rule where name != "probability" { #expect(first.json[name] == value) }
  }
}
