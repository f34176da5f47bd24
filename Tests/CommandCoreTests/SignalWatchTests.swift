import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// What a signal makes of podid, each in a process of its own.
@Suite(.timeLimit(.minutes(10))) struct SignalWatchTests {
  private struct Odd: Error {}

  @Test("by default a signal ends the process at once, with its children")
  func atOnce() async {
    await #expect(processExitsWith: .exitCode(128 + SIGTERM)) {
      TerminationSignals.prepare()
      SignalWatch.start()
      let child = try ChildProcess(["sleep", "1000"], environment: ["PATH": "/usr/bin:/bin"])
      kill(getpid(), SIGTERM)
      // Ended before this process is.
      let code = await child.end()
      if code != 128 + SIGTERM || !SignalWatch.isEnding { exit(1) }
      exit(await SignalWatch.end())
    }
    await #expect(processExitsWith: .exitCode(128 + SIGINT)) {
      TerminationSignals.prepare()
      SignalWatch.start()
      kill(getpid(), SIGINT)
      exit(await SignalWatch.end() == 128 + SIGINT ? 128 + SIGINT : 1)
    }
  }

  @Test("a command that ends in its own way is left to it for a while, then the rest is done")
  func orderly() async {
    await #expect(processExitsWith: .exitCode(7)) {
      TerminationSignals.prepare()
      SignalWatch.start()
      let child = try ChildProcess(["sleep", "1000"], environment: ["PATH": "/usr/bin:/bin"])
      SignalWatch.endOrderly {
        // Its children have been killed by then.
        while ProcessState.runs(child.pid) { usleep(1000) }
        return SignalWatch.caught == SIGTERM && !SignalWatch.isEnding ? 7 : 1
      }
      if SignalWatch.course != .orderly { exit(2) }
      kill(getpid(), SIGTERM)
      _ = await child.end()
      try await Task.sleep(for: .seconds(1000))
    }
    await #expect(processExitsWith: .exitCode(128 + SIGINT)) {
      TerminationSignals.prepare()
      SignalWatch.start()
      SignalWatch.course = .orderly
      kill(getpid(), SIGINT)
      try await Task.sleep(for: .seconds(1000))
    }
  }

  @Test("what a signal cancels ends with its code; what fails without one is thrown as it is")
  func cancels() async {
    await #expect(processExitsWith: .exitCode(7)) {
      TerminationSignals.prepare()
      SignalWatch.start()
      SignalWatch.course = .orderly
      guard try await SignalWatch.exitCode({ Task.isCancelled ? 1 : 3 }) == 3,
        SignalWatch.caught == nil
      else { exit(1) }
      do {
        _ = try await SignalWatch.exitCode { throw Odd() }
        exit(2)
      } catch { if !(error is Odd) { exit(3) } }
      // Cancelled by the signal that comes while it runs.
      let code = try await SignalWatch.exitCode {
        kill(getpid(), SIGTERM)
        try await Task.sleep(for: .seconds(1000))
        return 0
      }
      exit(code == 128 + SIGTERM && SignalWatch.caught == SIGTERM ? 7 : 4)
    }
  }

  @Test("what begins after the signal is cancelled at once, and what succeeds has its code")
  func late() async {
    await #expect(processExitsWith: .exitCode(7)) {
      TerminationSignals.prepare()
      SignalWatch.start()
      SignalWatch.course = .orderly
      kill(getpid(), SIGINT)
      await eventually { SignalWatch.caught != nil }
      let failed = try await SignalWatch.exitCode {
        try await Task.sleep(for: .seconds(1000))
        return 0
      }
      let done = try await SignalWatch.exitCode { 0 }
      exit(failed == 128 + SIGINT && done == 128 + SIGINT ? 7 : 1)
    }
  }

  @Test("a signal that is the command's ends nothing of podid's")
  func handedOn() async {
    await #expect(processExitsWith: .exitCode(7)) {
      TerminationSignals.prepare()
      SignalWatch.start()
      SignalWatch.course = .handedOn
      let working = Task {
        try await SignalWatch.exitCode {
          // Waits as Foreground does.
          Task.isCancelled ? 1 : await TerminationSignals.wait()
        }
      }
      kill(getpid(), SIGTERM)
      let code = try await working.value
      exit(code == SIGTERM && SignalWatch.caught == nil && !SignalWatch.isEnding ? 7 : 1)
    }
  }
}
