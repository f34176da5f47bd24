import AdminAPI
import HTTP
import JSON
import Platform
import Testing

/// Where a call and its fault come together.
@Suite struct FaultPassTests {
  private struct Refused: Error {}
  private let book = FaultBook(of: "test", catalogue: FaultBookTests.catalogue)
  private let app = EventSubject(namespace: "default", serviceAccount: "app")

  private func add(_ text: String) async throws {
    _ = try await book.add(Fault(json: JSON.parse(text), catalogue: FaultBookTests.catalogue))
  }

  private func pass(
    _ event: inout Event, about subject: () -> EventSubject?,
    genuine: (Fault?) async throws(Refused) -> HTTPResponse = { _ in .text(200, "true") }
  ) async throws(Refused) -> HTTPResponse {
    try await book.pass(
      &event, subject: subject(), render: { .text($0.status, $0.code) },
      genuine: { (fault, _) throws(Refused) in try await genuine(fault) })
  }

  @Test("while no fault is set, nobody asks whom a call is about")
  func idle() async throws {
    var event = Event(operation: "Get")
    var asked = 0
    let answer = try await pass(
      &event,
      about: {
        asked += 1
        return app
      })
    #expect(answer.status == 200 && asked == 0)
    #expect(!event.hasFault && event.subject == EventSubject())
  }

  @Test("an answer in the call's place is told about its subject, and the call is not made")
  func instead() async throws {
    try await add(
      #"{"action":"status","status":500,"namespace":"default","serviceAccount":"app"}"#)
    var event = Event(operation: "Get")
    let answer = try await pass(
      &event, about: { app }, genuine: { _ throws(Refused) in throw Refused() })
    #expect(answer.status == 500)
    #expect(event.hasFault && event.check?.name == "fault" && event.subject == app)
  }

  @Test("a call of another subject is made as it is")
  func other() async throws {
    try await add(
      #"{"action":"status","status":500,"namespace":"default","serviceAccount":"other"}"#)
    var event = Event(operation: "Get", subject: app)
    #expect(try await pass(&event, about: { nil }).status == 200)
    #expect(!event.hasFault)
  }

  @Test("a true answer is spoilt, and the handler is told of the fault")
  func spoilt() async throws {
    try await add(#"{"action":"garbage"}"#)
    var event = Event(operation: "Get", subject: app)
    var met: Fault?
    let answer = try await pass(
      &event, about: { nil },
      genuine: { fault in
        met = fault
        return .text(200, "true")
      })
    #expect(met != nil && event.hasFault && answer.bodyBytes.starts(with: Array("<garbage>".utf8)))
  }

  @Test("what the call throws is thrown, and the event has its fault")
  func thrown() async throws {
    try await add(#"{"action":"garbage"}"#)
    var event = Event(operation: "Get", subject: app)
    await #expect(throws: Refused.self) {
      try await pass(&event, about: { nil }, genuine: { _ throws(Refused) in throw Refused() })
    }
    #expect(event.hasFault)
  }
}
