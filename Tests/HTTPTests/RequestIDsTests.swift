import Platform
import Testing

@testable import HTTP

/// What a server writes of its own into answers: ids and the date.
@Suite struct RequestIDsTests {
  @Test("each request has a UUID of version 4 of its own, past the end of the stock as well")
  func ids() {
    let ids = RequestIDs()
    let all = (0..<600).map { _ in ids.next() }
    #expect(Set(all).count == all.count)
    for id in all {
      let bytes = Array(id.utf8)
      #expect(bytes.count == 36)
      for (place, byte) in bytes.enumerated() {
        switch place {
        case 8, 13, 18, 23: #expect(byte == UInt8(ascii: "-"))
        case 14: #expect(byte == UInt8(ascii: "4"))
        case 19: #expect("89ab".utf8.contains(byte))
        default: #expect("0123456789abcdef".utf8.contains(byte))
        }
      }
    }
    // Every digit comes, in the places that are random.
    #expect(Set(all.flatMap { $0.utf8.prefix(8) }).count == 16)
  }

  @Test("the date is the clock's, anew each second")
  func date() {
    let clock = ManualClock(Instant(seconds: 0))
    let date = HTTPDate(clock: clock)
    #expect(date.text == "Thu, 01 Jan 1970 00:00:00 GMT")
    clock.advance(by: .milliseconds(999))
    #expect(date.text == "Thu, 01 Jan 1970 00:00:00 GMT")
    clock.advance(by: .milliseconds(1))
    #expect(date.text == "Thu, 01 Jan 1970 00:00:01 GMT")
    clock.advance(by: .seconds(-1))
    #expect(date.text == "Thu, 01 Jan 1970 00:00:00 GMT")
  }

  @Test("answers that wait are counted, and are too many above the limit")
  func output() {
    var limits = HTTPMemoryLimits()
    limits.output = 1000
    let memory = HTTPMemory(limits: limits)
    memory.chargeOutput(from: 0, to: 1000)
    #expect(memory.heldOutput == 1000 && !memory.isOutputFull)
    memory.chargeOutput(from: 0, to: 1)
    #expect(memory.isOutputFull)
    memory.chargeOutput(from: 1000, to: 10)
    #expect(memory.heldOutput == 11 && !memory.isOutputFull)
  }

  @Test("what the engine itself answers says the status, its name and the reason")
  func failures() {
    #expect(
      HTTPResponseEncoder.failureText(HTTPRequestFailure(431))
        == "431 Request Header Fields Too Large")
    #expect(
      HTTPResponseEncoder.failureText(HTTPRequestFailure(400, "why")) == "400 Bad Request: why")
    #expect(HTTPResponseEncoder.reason(299) == "Status")
  }

  @Test("a client's head has its length where a method has a body, and the host once")
  func heads() throws {
    let url = try #require(HTTPURL("http://h:1/a?b"))
    func head(_ method: String, _ headers: HTTPHeaders = [:], _ body: [UInt8] = []) -> String {
      String(
        decoding: HTTPClientRequest(method: method, url: url, headers: headers, body: body).head,
        as: UTF8.self)
    }
    #expect(head("GET") == "GET /a?b HTTP/1.1\r\nHost: h:1\r\n\r\n")
    #expect(head("GET", ["host": "x", "A": "b"]) == "GET /a?b HTTP/1.1\r\nhost: x\r\nA: b\r\n\r\n")
    #expect(head("DELETE", [:], [1]).hasSuffix("\r\nContent-Length: 1\r\n\r\n"))
    for method in ["POST", "PUT", "PATCH"] {
      #expect(head(method).hasSuffix("\r\nContent-Length: 0\r\n\r\n"))
    }
  }
}
