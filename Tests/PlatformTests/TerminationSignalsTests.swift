import Glibc
import Testing

@testable import Platform

/// Signals that end a process, each in a process of its own.
@Suite(.timeLimit(.minutes(10))) struct TerminationSignalsTests {
  @Test("signals are caught, told in their order, and none is told twice")
  func caught() async {
    await #expect(processExitsWith: .exitCode(7)) {
      TerminationSignals.prepare()
      guard TerminationSignals.pending() == nil else { exit(1) }
      raise(SIGTERM)
      raise(SIGINT)
      guard TerminationSignals.pending() == SIGTERM else { exit(2) }
      guard await TerminationSignals.wait() == SIGINT else { exit(3) }
      guard TerminationSignals.pending() == nil else { exit(4) }
      TerminationSignals.restart()
      guard await TerminationSignals.wait() == 0 else { exit(5) }
      // Whoever took one sees to the end: no alarm ends the process meanwhile.
      exit(alarm(0) == 0 ? 7 : 6)
    }
  }

  @Test("a signal that nobody takes ends the process after a while, by an alarm")
  func alarmed() async {
    await #expect(processExitsWith: .exitCode(7)) {
      TerminationSignals.prepare()
      raise(SIGQUIT)
      let left = alarm(0)
      exit(1...4 ~= left ? 7 : 1)
    }
  }

  @Test("each is told to whoever watches as well")
  func watched() async {
    await #expect(processExitsWith: .exitCode(7)) {
      TerminationSignals.prepare()
      let (numbers, number) = AsyncStream<Int32>.makeStream()
      TerminationSignals.watch { number.yield($0) }
      var found: [Int32] = []
      for signal in [SIGHUP, SIGTERM] { raise(signal) }
      for await number in numbers {
        found.append(number)
        if found.count == 2 { break }
      }
      exit(found == [SIGHUP, SIGTERM] && TerminationSignals.pending() == SIGHUP ? 7 : 1)
    }
  }

  @Test("under nohup a terminal that closes is no reason to end; a pipe that closes never is")
  func ignored() async {
    await #expect(processExitsWith: .exitCode(7)) {
      signal(SIGHUP, SIG_IGN)
      TerminationSignals.prepare()
      raise(SIGHUP)
      raise(SIGPIPE)
      exit(TerminationSignals.pending() == nil ? 7 : 1)
    }
  }

  @Test("released, a signal ends the process again, and so does one that came before")
  func released() async {
    await #expect(processExitsWith: .signal(SIGTERM)) {
      TerminationSignals.prepare()
      TerminationSignals.release()
      raise(SIGTERM)
      exit(1)
    }
    await #expect(processExitsWith: .signal(SIGINT)) {
      TerminationSignals.prepare()
      raise(SIGINT)
      TerminationSignals.release()
      exit(1)
    }
  }
}
