import JSON
import Testing

@testable import Console

/// How the page tells of faults, and what a press of a button adds.
@Suite struct ConsoleFaultTextTests {
  @Test(
    "a rule in words: what, where, how often",
    arguments: [
      (["action": "error", "code": "X"], "error X"),
      (["action": "status", "status": 500, "count": 1], "status 500 once"),
      (["action": "delay", "duration": "5s", "operation": "O"], "delay 5s at O"),
      (["action": "restart", "duration": "0ms", "count": 3], "restart 3 times"),
      (["action": "drip", "serviceAccount": "n/a"], "drip for n/a"),
    ] as [(JSON, String)])
  func text(rule: JSON, text: String) {
    #expect(ConsoleFaults.text(rule) == text)
  }

  @Test("a fault that a button set is known as its own, with the calls that are left")
  func shown() {
    let own = ConsoleFaults.json(
      ["id": "console-throttle", "action": "error", "code": "X", "count": 3, "met": 1],
      of: "aws-api")
    #expect(
      own == [
        "server": "aws-api", "id": "console-throttle", "text": "error X 3 times", "met": 1,
        "button": "throttle", "left": 2,
      ])
    let other = ConsoleFaults.json(["id": "throttle", "action": "error"], of: "node-agent")
    #expect(other["button"] == .null && other["left"] == .null && other["met"] == 0)
  }

  @Test(
    "each press is for one call more, to an end",
    arguments: [
      (nil, 1), (["count": 1, "met": 0], 2), (["count": 3, "met": 1], 3),
      (["count": 3, "met": 3], 1), (["count": 1, "met": 5], 1), (["count": 20, "met": 0], 20),
      (["count": 9_223_372_036_854_775_807, "met": 0], 20), ([:], 1),
    ] as [(JSON?, Int64)])
  func count(fault: JSON?, count: Int64) {
    #expect(ConsoleFaults.count(1, over: fault) == count)
  }
}
