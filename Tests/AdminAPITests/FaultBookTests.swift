import AdminAPI
import HTTP
import JSON
import Platform
import TestSupport
import Testing

@Suite struct FaultBookTests {
  static let catalogue = FaultCatalogue(
    operations: ["Get", "Put"], special: [.noExpiration: ["Get"]]
  ) { _, code in code == "Throttling" ? FaultError(code, 400, "Rate exceeded") : nil }

  let book = FaultBook(of: "test", catalogue: catalogue)

  private func add(_ text: String) throws -> Fault {
    try book.add(Fault(json: JSON.parse(text), catalogue: Self.catalogue)).fault
  }

  private func meets(_ calls: Int, _ subject: EventSubject = EventSubject()) -> String {
    (0..<calls).map { _ in book.meet("Get", subject) == nil ? "." : "x" }.joined()
  }

  @Test("nth, count, and what is left of them")
  func counts() throws {
    _ = try add(#"{"action":"hang","operation":"Get","nth":3,"count":2}"#)
    #expect(meets(6) == "..xx..")
    #expect(book.meet("Put", EventSubject()) == nil)
  }

  @Test("the subject's known parts must match")
  func subjects() throws {
    _ = try add(#"{"action":"reset","namespace":"demo","serviceAccount":"a"}"#)
    #expect(meets(1, EventSubject(namespace: "demo", serviceAccount: "b")) == ".")
    #expect(meets(1, EventSubject(namespace: "demo", serviceAccount: "a", pod: "p")) == "x")
    #expect(meets(1) == ".")
  }

  @Test("chances repeat with their seed")
  func chances() throws {
    let rule = #"{"action":"hang","probability":0.5,"seed":7}"#
    _ = try add(rule)
    let first = meets(64)
    #expect(first.contains("x") && first.contains("."))
    _ = try add(rule)
    #expect(meets(64) == first)
    #expect(try JSON.parse(book.json.text()).array?.count == 1)
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
        #"{"action":"no-expiration","operation":"Put"}"#,
        "the action no-expiration is for the operation Get"
      ),
      (
        #"{"action":"hang","id":"a/b"}"#,
        "id must be at most 64 printable characters without spaces and slashes"
      ),
    ])
  func refusals(rule: String, reason: String) throws {
    let error = #expect(throws: Fault.Refusal.self) { _ = try add(rule) }
    #expect(error?.description == reason)
    #expect(!book.isActive)
  }

  @Test("rules and what is left of their counts outlast the process")
  func kept() throws {
    let folder = try StateFolder(root: Scratch.path())
    let path = folder.file("faults.json")
    let first = FaultBook(of: "test", catalogue: Self.catalogue, path: path)
    let rule = try Fault(
      json: ["action": "restart", "operation": "Get", "count": 2, "duration": "1s"],
      catalogue: Self.catalogue)
    #expect(try first.add(rule).fault.id == "test-1")
    #expect(first.meet("Get", EventSubject()) != nil)
    let second = FaultBook(of: "test", catalogue: Self.catalogue, path: path)
    #expect(second.meet("Get", EventSubject())?.action == .restart(.seconds(1)))
    #expect(second.meet("Get", EventSubject()) == nil)
    #expect(try second.remove("test-1"))
    #expect(!FaultBook(of: "test", catalogue: Self.catalogue, path: path).isActive)
  }

  @Test("ids that somebody chose do not move those that are given, and the book has an end")
  func ids() throws {
    let folder = try StateFolder(root: Scratch.path())
    let path = folder.file("faults.json")
    func fault(_ id: String?, _ pod: Int) throws -> Fault {
      var json: JSONObject = ["action": "hang", "pod": .string("\(pod)")]
      json["id"] = id.map(JSON.string)
      return try Fault(json: .object(json), catalogue: Self.catalogue)
    }
    let first = FaultBook(of: "test", catalogue: Self.catalogue, path: path)
    for id in ["run-20261124", "test-9223372036854775807", "test-3", "f9"] {
      #expect(try first.add(fault(id, id.count)).fault.id == id)
    }
    let second = FaultBook(of: "test", catalogue: Self.catalogue, path: path)
    #expect(try second.add(fault(nil, 0)).fault.id == "test-4")
    let full = FaultBook(of: "test", catalogue: Self.catalogue)
    for number in 1...1000 { _ = try full.add(fault(nil, number)) }
    #expect(throws: FaultBook.Full.self) { try full.add(fault(nil, 0)) }
  }
}
