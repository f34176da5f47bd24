import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// Processes by what the kernel tells of them, and the end of all.
@Suite(.timeLimit(.minutes(10))) struct ProcessEndTests {
  private static let environment: [ByteText: String] = ["PATH": "/usr/bin:/bin"]

  @Test("once podid is about to end all children end, and no more are started")
  func all() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let environment: [ByteText: String] = ["PATH": "/usr/bin:/bin"]
      let pipe = try LinePipe.make { _ in }
      let outliving = try ChildProcess(
        ["sleep", "1000"], environment: environment, outlivesUs: true)
      let processes = try [
        ["sleep", "1000"], ["sh", "-c", "trap '' TERM; echo x; exec sleep 1000"],
      ].map { try ChildProcess($0, environment: environment, output: .pipe(dup(pipe))) }
      close(pipe)
      ChildProcess.endAll(grace: .milliseconds(300))
      let codes = [await processes[0].end(), await processes[1].end()]
      let isOutliving = outliving.isRunning
      outliving.send(SIGKILL)
      let isOver = (try? ChildProcess(["true"], environment: environment)) == nil
      let isTold = codes[0] == 128 + SIGTERM && codes[1] > 128
      exit(isTold && isOutliving && isOver ? 7 : 1)
    }
  }

  @Test("a process is found by the mark of a folder or of what is below it, and ended")
  func marked() async throws {
    let folder = try Scratch.folder()
    func process(_ value: String) throws -> ChildProcess {
      try ChildProcess(
        ["sleep", "1000"],
        environment: Self.environment.merging(["PODID_TEST_MARK": value]) { $1 })
    }
    let (same, below) = (try process(folder), try process("\(folder)/x"))
    let others = [try process("\(folder)x"), try process("/other\(folder)")]
    func found() -> Set<Int32> { Set(MarkedProcesses.of(folder, by: "PODID_TEST_MARK")) }
    #expect(found() == [same.pid, below.pid])
    #expect(!MarkedProcesses.has(same.pid, markOf: folder, by: "TEST_MARK"))
    await Leftovers.end(
      marked: folder, by: "PODID_TEST_MARK", except: [same.pid], grace: .seconds(3600))
    #expect(await below.end() == 128 + SIGTERM && same.isRunning)
    await Leftovers.end(marked: folder, by: "PODID_TEST_MARK", grace: .seconds(3600))
    #expect(await same.end() == 128 + SIGTERM)
    for other in others {
      #expect(other.isRunning)
      other.send(SIGKILL)
    }
  }

  @Test("a leftover that does not heed SIGTERM is killed")
  func deaf() async throws {
    let folder = try Scratch.folder()
    let (lines, line) = AsyncStream<String>.makeStream()
    let pipe = try LinePipe.make { line.yield($0) }
    let process = try ChildProcess(
      ["sh", "-c", "trap '' TERM; echo x; exec sleep 1000 >/dev/null"],
      environment: Self.environment.merging(["PODID_TEST_MARK": folder]) { $1 },
      output: .pipe(pipe))
    for await _ in lines { break }
    await Leftovers.end(marked: folder, by: "PODID_TEST_MARK", grace: .milliseconds(50))
    #expect(await process.end() == 128 + SIGKILL)
  }

  @Test("what a leftover starts while it ends is ended too")
  func heirs() async throws {
    let folder = try Scratch.folder()
    let (lines, line) = AsyncStream<String>.makeStream()
    let pipe = try LinePipe.make(ended: { line.finish() }, { line.yield($0) })
    let process = try ChildProcess(
      ["sh", "-c", "trap 'sleep 1000 & exit 0' TERM; echo x; while :; do sleep 0.01; done"],
      environment: Self.environment.merging(["PODID_TEST_MARK": folder]) { $1 },
      output: .pipe(pipe))
    var iterator = lines.makeAsyncIterator()
    #expect(await iterator.next() == "x")
    // One that is asked before it has its new program may not heed that, and is killed.
    await Leftovers.end(marked: folder, by: "PODID_TEST_MARK", grace: .seconds(5))
    // All who had the pipe are gone.
    #expect(await iterator.next() == nil)
    #expect(await process.end() == 0)
  }

  @Test("the end of any process is waited for, until a moment at most")
  func handle() async throws {
    let child = try ChildProcess(["sleep", "1000"], environment: Self.environment)
    let process = try #require(ProcessHandle(child.pid))
    #expect(await !process.end(by: .now))
    let ending = Task { await process.end(by: .now + .seconds(3600)) }
    child.send(SIGKILL)
    #expect(await ending.value)
    _ = await child.end()
    #expect(await process.end(by: .now))
  }

  @Test("a process that is just being replaced is looked at again, for a while, and no other is")
  func starting() {
    func found(_ reads: [[UInt8]], isStarting: Bool) -> (bytes: [UInt8], count: Int) {
      var count = 0
      let bytes = MarkedProcesses.settled {
        defer { count += 1 }
        return count < reads.count ? reads[count] : []
      } isStarting: {
        isStarting
      }
      return (bytes, count)
    }
    #expect(found([[], [], [1]], isStarting: true) == ([1], 3))
    #expect(found([[2]], isStarting: true) == ([2], 1))
    #expect(found([[], [1]], isStarting: false) == ([], 1))
    #expect(found([], isStarting: true) == ([], 100))
  }

  @Test("a process runs, stands still, or does not run any more")
  func states() async throws {
    let child = try ChildProcess(["sleep", "1000"], environment: Self.environment)
    #expect(ProcessState.runs(child.pid) && !ProcessState.isHalted(child.pid))
    child.send(SIGSTOP)
    var info = siginfo_t()
    waitid(P_PID, id_t(child.pid), &info, WSTOPPED | WNOWAIT)
    #expect(ProcessState.isHalted(child.pid) && ProcessState.runs(child.pid))
    child.send(SIGKILL)
    #expect(await child.end() == 128 + SIGKILL)
    #expect(!ProcessState.runs(child.pid) && !ProcessState.isHalted(child.pid))
    for none in [0, -1] as [Int32] { #expect(!ProcessState.runs(none)) }
  }

  @Test(
    "why a program cannot be started, by the code that shells have for it",
    arguments: [
      ("sh", nil), ("/bin/sh", nil), ("nosuch", 127), ("/bin/nosuch", 127), ("plain", 126),
      ("folder", 126), ("both", nil),
    ] as [(String, Int32?)])
  func objections(name: String, code: Int32?) throws {
    let folders = [try Scratch.folder(), try Scratch.folder()]
    try SafeFile.write([], to: "\(folders[0])/plain", mode: 0o600)
    try SafeFile.makeFolder("\(folders[0])/folder")
    try SafeFile.makeFolder("\(folders[0])/both")
    try SafeFile.write([], to: "\(folders[1])/both", mode: 0o700)
    let path = (folders + ["/bin"]).joined(separator: ":")
    let found = Executables.objection(to: name, path)
    #expect(found?.code == code)
    let texts = ["plain": "it is not executable", "folder": "this is a folder"]
    if code != nil { #expect(found?.text == texts[name] ?? "there is no such program") }
    #expect(Executables.objection(to: "sh", nil)?.code == 127)
  }
}
