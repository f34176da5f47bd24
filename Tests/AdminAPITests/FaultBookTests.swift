import AdminAPI
import HTTP
import JSON
import Platform
import TestSupport
import Testing

@Suite struct FaultBookTests {
  static let catalogue = FaultCatalogue(
    operations: ["Get", "Put"], special: [("own-way", ["Get"]), ("elsewhere", ["Post"])]
  ) { _, code in code == "Throttling" ? FaultError(code, 400, "Rate exceeded") : nil }

  let book = FaultBook(of: "test", catalogue: catalogue)

  private func add(_ text: String) async throws -> Fault {
    try await book.add(Fault(json: JSON.parse(text), catalogue: Self.catalogue)).fault
  }

  private func meets(_ calls: Int, _ operation: String = "Get") async -> String {
    var text = ""
    for _ in 0..<calls {
      text += await book.meet(operation, EventSubject()) == nil ? "." : "x"
    }
    return text
  }

  @Test(
    "a rule is for the calls from its nth on, as many as it counts",
    arguments: [
      (#""nth":3,"count":2"#, "..xx.."), (#""count":1"#, "x....."), (#""nth":6"#, ".....x"),
      ("", "xxxxxx"), (#""probability":0"#, "......"), (#""nth":1,"count":6"#, "xxxxxx"),
    ])
  func counts(members: String, met: String) async throws {
    let rest = members.isEmpty ? "" : ",\(members)"
    _ = try await add(#"{"action":"hang","operation":"Get"\#(rest)}"#)
    // Calls of another operation are none of the rule's.
    #expect(await meets(3, "Put") == "...")
    #expect(await meets(6) == met)
    let listed = book.json[0]
    #expect(listed?["calls"] == 6)
    #expect(listed?["met"] == .integer(Int64(met.utf8.count { $0 == UInt8(ascii: "x") })))
  }

  @Test("a rule without an operation is for every one of them")
  func everyOperation() async throws {
    _ = try await add(#"{"action":"hang"}"#)
    #expect(await meets(1) + meets(1, "Put") == "xx")
  }

  @Test("of several faults a call meets the first that was set, and the others wait their turn")
  func order() async throws {
    for action in ["hang", "reset"] {
      _ = try await add(#"{"action":"\#(action)","operation":"Get","count":1}"#)
    }
    for action in ["hang", "reset", nil] {
      #expect(await book.meet("Get", EventSubject())?.action.name == action)
    }
  }

  @Test("a rule with the id of another takes its place, and begins anew")
  func replaced() async throws {
    _ = try await add(#"{"action":"hang","id":"a","count":1}"#)
    _ = try await add(#"{"action":"hang","id":"b","pod":"p"}"#)
    #expect(await meets(2) == "x.")
    let twin = try await book.add(
      Fault(
        json: JSON.parse(#"{"action":"reset","id":"a","count":1}"#), catalogue: Self.catalogue))
    #expect(!twin.isNew)
    #expect(book.json.array?.map { $0["id"]?.string } == ["a", "b"])
    #expect(await book.meet("Get", EventSubject())?.action.name == "reset")
    #expect(await meets(1) == ".")
  }

  @Test("the same rule again keeps its id and its place, and counts from the start")
  func again() async throws {
    func rule(_ text: String) throws -> Fault {
      try Fault(json: JSON.parse(text), catalogue: Self.catalogue)
    }
    let first = try await book.add(rule(#"{"action":"hang","pod":"p","count":1}"#))
    let other = try await book.add(rule(#"{"action":"hang","pod":"q","count":1}"#))
    #expect(first.isNew && other.isNew && first.fault.id != other.fault.id)
    #expect(await book.meet("Get", EventSubject(pod: "p")) != nil)
    #expect(await book.meet("Get", EventSubject(pod: "p")) == nil)
    let twin = try await book.add(rule(#"{"action":"hang","pod":"p","count":1}"#))
    #expect(!twin.isNew && twin.fault.id == first.fault.id)
    #expect(book.json.array?.map { $0["id"]?.string } == [first.fault.id, other.fault.id])
    #expect(await book.meet("Get", EventSubject(pod: "p"))?.id == first.fault.id)
  }

  @Test("chances repeat with their seed, are others with another, and are a share of the calls")
  func chances() async throws {
    let rule = #"{"action":"hang","probability":0.25,"seed":7}"#
    _ = try await add(rule)
    let first = await meets(400)
    let share = first.utf8.count { $0 == UInt8(ascii: "x") }
    #expect((70...130).contains(share))
    _ = try await add(rule)
    #expect(await meets(400) == first)
    #expect(book.json.array?.count == 1)
    try await book.clear()
    _ = try await add(#"{"action":"hang","probability":0.25,"seed":8}"#)
    #expect(await meets(400) != first)
  }

  @Test("a server that pauses its faults lets every call through, and counts none")
  func paused() async throws {
    _ = try await add(#"{"action":"hang","count":1}"#)
    book.isPaused = true
    #expect(!book.isActive)
    #expect(await meets(3) == "...")
    book.isPaused = false
    #expect(await meets(3) == "x..")
  }

  @Test(
    "bad rules are refused by what is wrong with them",
    arguments: [
      ("[]", "a fault is a JSON object"), ("{}", "a fault needs an action"),
      (#"{"action":"hang","when":1}"#, #"a fault has no member "when""#),
      (
        #"{"action":"hang","operation":"X"}"#,
        #"there is no operation "X" here; there are Get, Put"#
      ),
      (#"{"action":"delay"}"#, "the action delay needs a duration"),
      (#"{"action":"status","status":99}"#, "status must be a number from 200 to 599"),
      (#"{"action":"error"}"#, "the action error needs a code, such as ThrottlingException"),
      (
        #"{"action":"error","code":"Other"}"#,
        "the error Other is not known here: give its status too"
      ),
      (#"{"action":"hang","nth":0}"#, "nth must be a number from 1"),
      (#"{"action":"hang","probability":2}"#, "probability must be a number from 0 to 1"),
      (
        #"{"action":"own-way","operation":"Put"}"#,
        "the action own-way is for the operation Get"
      ),
      (
        #"{"action":"elsewhere","operation":"Get"}"#,
        #"there is no action "elsewhere" here; there are error, status, delay, hang, reset, "#
          + "truncate, drip, garbage, restart, own-way"
      ),
      (#"{"action":"status"}"#, "the action status needs a status"),
      (#"{"action":"error","code":"é"}"#, "code must be the name of an error"),
      (#"{"action":"error","code":1}"#, "code must be a string"),
      (
        #"{"action":"delay","duration":"51s"}"#,
        "a delay is 50s at most; the action hang never answers"
      ),
      (
        #"{"action":"hang","duration":"2x"}"#,
        "duration must be such as 250ms, 5s or 2m, a day at most"
      ),
      (
        #"{"action":"hang","id":"a/b"}"#,
        "id must be at most 64 printable characters without spaces and slashes"
      ),
    ])
  func refusals(rule: String, reason: String) async throws {
    let error = await #expect(throws: Fault.Refusal.self) { _ = try await add(rule) }
    #expect(error?.description == reason)
    #expect(!book.isActive)
  }

  @Test("ids that somebody chose do not move those that are given, and the book has an end")
  func ids() async throws {
    let folder = try StateFolder(root: Scratch.path())
    let path = folder.file("faults.json")
    func fault(_ id: String?, _ pod: Int) throws -> Fault {
      var json: JSONObject = ["action": "hang", "pod": .string("\(pod)")]
      json["id"] = id.map(JSON.string)
      return try Fault(json: .object(json), catalogue: Self.catalogue)
    }
    let first = FaultBook(of: "test", catalogue: Self.catalogue, path: path)
    for id in ["run-20261124", "test-9223372036854775807", "test-3", "f9"] {
      #expect(try await first.add(fault(id, id.count)).fault.id == id)
    }
    let second = FaultBook(of: "test", catalogue: Self.catalogue, path: path)
    #expect(try await second.add(fault(nil, 0)).fault.id == "test-4")
    let full = FaultBook(of: "test", catalogue: Self.catalogue)
    for number in 1...1000 { _ = try await full.add(fault(nil, number)) }
    await #expect(throws: FaultBook.Full.self) { try await full.add(fault(nil, 0)) }
  }
}
