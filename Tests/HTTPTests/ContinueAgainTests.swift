import Testing

@testable import HTTP

/// `Expect: 100-continue` on a connection that is kept.
@Suite struct ContinueAgainTests {
  @Test("the body of each request is asked for, not of the first alone")
  func again() {
    let line = MachineLine()
    for _ in 0..<3 {
      line.sends(upload(3, "Expect: 100-continue\r\n", to: "/now"))
      #expect(line.statuses.last == 100)
      line.sends("abc")
    }
    #expect(line.statuses == [100, 200, 100, 200, 100, 200])
  }
}
