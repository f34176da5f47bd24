import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// A command in the foreground, each in a process of its own: it takes the process's signals.
@Suite(.timeLimit(.minutes(10))) struct ForegroundTests {
  private static let environment: [ByteText: String] = ["PATH": "/usr/bin:/bin"]

  /// Runs a shell's text; each line that it prints is answered by a signal to this process.
  private static func run(_ text: String, signals: [Int32]) async throws -> Int32 {
    TerminationSignals.prepare()
    let output = try LinePipe.make { _ in for signal in signals { kill(getpid(), signal) } }
    let kept = dup(1)
    dup2(output, 1)
    close(output)
    let code = try await Foreground.run(["sh", "-c", text], environment: environment)
    dup2(kept, 1)
    close(kept)
    return code
  }

  @Test("its exit code is the command's, or 128 and the number of the signal that ended it")
  func codes() async {
    await #expect(processExitsWith: .success) {
      for (text, code) in [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137)]
        as [(String, Int32)]
      {
        let found = try await ForegroundTests.run(text, signals: [])
        #expect(found == code)
      }
      // What comes afterwards is podid's again.
      #expect(SignalWatch.course == .orderly)
    }
  }

  @Test("a command that cannot be started has the code that shells have for that")
  func missing() async {
    await #expect(processExitsWith: .success) {
      let folder = try Scratch.folder()
      try SafeFile.write([], to: "\(folder)/plain", mode: 0o600)
      for (words, code) in [
        (["/nonexistent/x"], 127), (["\(folder)/plain"], 126), (["true", "a\0b"], 126),
      ] as [([String], Int32)] {
        let found = try await Foreground.run(words, environment: ForegroundTests.environment)
        #expect(found == code)
      }
      #expect(SignalWatch.course == .orderly)
    }
  }

  @Test("a command is not begun where a signal came before")
  func pending() async {
    await #expect(processExitsWith: .success) {
      TerminationSignals.prepare()
      let marker = Scratch.path()
      raise(SIGTERM)
      let code = try await Foreground.run(
        ["touch", marker], environment: ForegroundTests.environment)
      #expect(code == 128 + SIGTERM && !SafeFile.exists(marker))
      let next = try await Foreground.run(
        ["touch", marker], environment: ForegroundTests.environment)
      #expect(next == 0)
      #expect(SafeFile.exists(marker))
    }
  }

  private static let traps =
    "trap 'kill $!; exit 9' TERM; trap 'kill $!; exit 5' INT; sleep 1000 & echo x; wait"

  @Test("a signal is handed on to the command as it is")
  func handed() async {
    await #expect(processExitsWith: .exitCode(9)) {
      exit(try await ForegroundTests.run(ForegroundTests.traps, signals: [SIGTERM]))
    }
    await #expect(processExitsWith: .exitCode(5)) {
      // No terminal, which would send a Ctrl-C to the command itself.
      dup2(open("/dev/null", O_RDONLY), 0)
      exit(try await ForegroundTests.run(ForegroundTests.traps, signals: [SIGINT]))
    }
  }

  @Test("the third signal in a short time kills a command that does not heed them, no earlier one")
  func patience() async {
    await #expect(processExitsWith: .exitCode(128 + SIGKILL)) {
      // Each line is answered by one signal, which is answered by a line.
      let deaf = "trap 'echo x' TERM; echo x; while :; do sleep 0.02; done"
      exit(try await ForegroundTests.run(deaf, signals: [SIGTERM]))
    }
    await #expect(processExitsWith: .exitCode(7)) {
      // The second is heeded as well.
      let slow =
        "n=0; trap 'n=$((n+1)); [ $n = 2 ] && { kill $!; exit 7; }; echo x' TERM; "
        + "sleep 1000 & echo x; while :; do wait; done"
      exit(try await ForegroundTests.run(slow, signals: [SIGTERM]))
    }
  }

  /// A terminal of its own for a process (ptmx(4)); nil where the machine has none.
  private static func terminal() -> Int32? {
    let primary = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (unlocked, number): (Int32, UInt32) = (0, 0)
    let (unlock, tell): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    guard primary >= 0, ioctl(primary, unlock, &unlocked) == 0, ioctl(primary, tell, &number) == 0
    else { return nil }
    let secondary = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    return secondary >= 0 ? secondary : nil
  }

  @Test(
    "at a terminal Ctrl-C is the command's own, which gets it from the terminal",
    .enabled(if: terminal() != nil, "the machine has no terminals"))
  func controlC() async {
    await #expect(processExitsWith: .success) {
      let terminal = try #require(ForegroundTests.terminal())
      try #require(dup2(terminal, 0) == 0 && isatty(0) == 1)
      let found = try await ForegroundTests.run(
        ForegroundTests.traps, signals: [SIGINT, SIGTERM])
      #expect(found == 9)
    }
  }
}
