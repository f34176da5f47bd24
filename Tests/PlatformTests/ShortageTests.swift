import Glibc
import Testing

@testable import Platform

@Suite struct ShortageTests {
  @Test("what lacks is told in one line, with the limit to raise")
  func lines() {
    let thread = Shortage.line(.thread, EAGAIN)
    #expect(!thread.utf8.contains(0x0A))
    #expect(
      thread.contains(
        ": cannot start a thread: Resource temporarily unavailable; raise the pids limit"))
    #expect(
      Shortage.line(.descriptor("eventfd"), EMFILE).contains(
        ": eventfd fails: Too many open files; raise the limit of open files"))
  }

  @Test("as many threads as a program needs can be there at once")
  func enough() { Thread.require(8) }
}
