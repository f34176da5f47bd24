import Glibc
import JSON
import Synchronization
import Testing

@testable import CommandCore

/// Processes that podid starts: what they are given, how they end, and how they are ended.
@Suite(.timeLimit(.minutes(10))) struct ChildProcessTests {
  private static let environment: [ByteText: String] = ["PATH": "/usr/bin:/bin"]

  private func shell(
    _ text: String, _ more: [ByteText: String] = [:]
  ) async throws -> CapturedProcess {
    try await CapturedProcess.run(
      ["sh", "-c", text], environment: Self.environment.merging(more) { $1 })
  }

  @Test(
    "an end is told by its code, or by 128 and the signal's number",
    arguments: [
      ("exit 0", 0), ("exit 7", 7), ("exit 255", 255), ("kill -TERM $$", 143),
      ("kill -KILL $$", 137),
    ] as [(String, Int32)])
  func ends(text: String, code: Int32) async throws {
    let process = try ChildProcess(["sh", "-c", text], environment: Self.environment)
    #expect(await process.end() == code)
    #expect(!process.isRunning)
    // Whoever asks later is told the same, and signals nobody.
    process.send(SIGTERM)
    #expect(await process.end() == code)
  }

  @Test("both streams are read to the end, by lines, with the last one's rest")
  func output() async throws {
    let found = try await shell("echo a; echo; echo b >&2; printf 'c\\nd'; exit 3")
    #expect(found.output == ["a", "", "c", "d"] && found.errors == ["b"] && found.code == 3)
  }

  @Test("a program has the variables it is given and no others, and nothing where that is said")
  func variables() async throws {
    #expect(try await shell("echo $A-$HOME", ["A": "x=y"]).output == ["x=y-"])
    let output = Mutex<[String]>([])
    let (ended, end) = AsyncStream<Void>.makeStream()
    let box = Box(output)
    @Sendable func note(_ line: String) { box.lines.withLock { $0.append(line) } }
    let pipe = try LinePipe.make(ended: { end.finish() }, note)
    let process = try ChildProcess(
      ["sh", "-c", "cat; echo x >&2; echo $$"], environment: Self.environment, input: .null,
      output: .pipe(pipe), errors: .null)
    #expect(await process.end() == 0)
    for await _ in ended {}
    #expect(box.lines.withLock { $0 } == ["\(process.pid)"])
  }

  private final class Box: Sendable {
    let lines: Mutex<[String]>
    init(_ lines: consuming sending Mutex<[String]>) { self.lines = lines }
  }

  @Test("what C would cut at a NUL is not started")
  func nul() {
    func reason(_ words: [String], _ variables: [ByteText: String]) -> String? {
      #expect(throws: CommandFailure.self) {
        try ChildProcess(words, environment: variables)
      }?.description
    }
    #expect(
      reason(["true", "a\0b"], [:]) == "a word of the command holds a NUL, so it is not started")
    for variables in [["AB": "x\0y"], ["AB\0C": "x"]] as [[ByteText: String]] {
      #expect(
        reason(["true"], variables) == "the variable AB holds a NUL, so the command is not started")
    }
    #expect(reason(["/nowhere/x"], [:]) == "/nowhere/x: No such file or directory")
  }

  /// A process that says a line once it runs, and heeds no SIGTERM where that is said.
  private func waiting(
    isDeaf: Bool, ownGroup: Bool = false, ownSession: Bool = false
  ) async throws -> ChildProcess {
    let (lines, line) = AsyncStream<String>.makeStream()
    let pipe = try LinePipe.make { line.yield($0) }
    let process = try ChildProcess(
      ["sh", "-c", (isDeaf ? "trap '' TERM; " : "") + "echo x; exec sleep 1000 >/dev/null"],
      environment: Self.environment, output: .pipe(pipe), ownGroup: ownGroup,
      ownSession: ownSession)
    for await _ in lines { break }
    return process
  }

  @Test("a process that is to stop is asked, and killed where it does not heed that")
  func stopping() async throws {
    let process = try await waiting(isDeaf: false)
    #expect(process.isRunning)
    await process.stop(patience: .seconds(1000))
    #expect(await process.end() == 128 + SIGTERM)
    let deaf = try await waiting(isDeaf: true)
    await deaf.stop(patience: .milliseconds(1))
    #expect(await deaf.end() == 128 + SIGKILL)
  }

  @Test("a process leads a group or a session of its own where that is said, and else has ours")
  func sessions() async throws {
    for (ownGroup, ownSession) in [(false, false), (true, false), (false, true)] {
      let process = try await waiting(isDeaf: false, ownGroup: ownGroup, ownSession: ownSession)
      #expect(getsid(process.pid) == (ownSession ? process.pid : getsid(0)))
      #expect(getpgid(process.pid) == (ownSession || ownGroup ? process.pid : getpgid(0)))
      process.send(SIGKILL)
      #expect(await process.end() == 128 + SIGKILL)
    }
  }

  @Test("a lifeline ends with the value that holds it, and says bytes until then")
  func lifelines() async throws {
    func process() throws -> (Lifeline, ChildProcess) {
      let line = try Lifeline()
      return (
        line,
        try ChildProcess(
          ["sh", "-c", "read word; [ \"$word\" = . ]"], environment: Self.environment,
          input: .pipe(line.inherited))
      )
    }
    var silent: (line: Lifeline, process: ChildProcess)? = try process()
    let ended = try #require(silent?.process)
    #expect(ended.isRunning)
    silent = nil
    #expect(await ended.end() == 1)
    let (line, told) = try process()
    for byte in [0x2E, 0x0A] as [UInt8] { line.say(byte) }
    #expect(await told.end() == 0)
  }
}
