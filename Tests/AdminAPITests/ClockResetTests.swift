import AdminAPI
import HTTP
import Platform
import Synchronization
import Testing

/// What a reset leaves of a clock that was moved.
@Suite struct ClockResetTests {
  private final class Kept: Sendable {
    let offset = Mutex<Duration?>(nil)
  }

  @Test("a reset takes the offset out of the state too, so that no restart brings it back")
  func kept() async {
    let (kept, clock) = (Kept(), OffsetClock(base: ManualClock()))
    let endpoint = AdminEndpoint(
      service: "aws-api", processID: 7, token: "t", clock: clock,
      events: EventLog(service: "aws-api"),
      faults: FaultBook(of: "test", catalogue: FaultBookTests.catalogue),
      actions: AdminActions(keepClock: { offset in kept.offset.withLock { $0 = offset } }))
    for (method, path, body, seconds) in [
      ("PUT", "/clock", #"{"offsetSeconds":90}"#, 90), ("POST", "/reset", "", 0),
    ] {
      let answer = await endpoint.respond(
        to: HTTPRequest(
          method: method, target: path, headers: ["Authorization": "Bearer t"],
          body: Array(body.utf8)))
      #expect(answer.status == 200)
      #expect(clock.offset == .seconds(seconds))
      #expect(kept.offset.withLock { $0 } == .seconds(seconds))
    }
  }
}
