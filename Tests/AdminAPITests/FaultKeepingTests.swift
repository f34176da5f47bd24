import Glibc
import HTTP
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import AdminAPI

/// What is in the file, and when.
@Suite(.timeLimit(.minutes(10))) struct FaultKeepingTests {
  /// A disk that can be full, and that tells what was written where.
  private final class Disk: Sendable {
    struct State {
      var isFull = false
      var files: [JSON] = []
      var threads: [pthread_t] = []
    }
    let state = Mutex(State())

    func write(_ bytes: [UInt8]) throws(FileError) {
      let isFull = state.withLock { state in
        state.threads.append(pthread_self())
        if !state.isFull, let json = try? JSON.parse(bytes) { state.files.append(json) }
        return state.isFull
      }
      if isFull { throw FileError(path: "faults.json", code: ENOSPC) }
    }

    var last: JSON? { state.withLock { $0.files.last } }
    func fill() { state.withLock { $0.isFull = true } }
  }

  private let disk = Disk()
  private let book: FaultBook

  init() {
    let disk = disk
    book = FaultBook(of: "test", catalogue: FaultBookTests.catalogue) { bytes throws(FileError) in
      try disk.write(bytes)
    }
  }

  private func fault(_ json: JSON) throws -> Fault {
    try Fault(json: json, catalogue: FaultBookTests.catalogue)
  }

  private func meet() async -> Fault? { await book.meet("Get", EventSubject()) }

  @Test("rules and what is left of their counts outlast the process")
  func kept() async throws {
    let path = try StateFolder(root: Scratch.path()).file("faults.json")
    func open() -> FaultBook {
      FaultBook(of: "test", catalogue: FaultBookTests.catalogue, path: path)
    }
    let first = open()
    let rule = try fault(["action": "restart", "operation": "Get", "count": 2, "duration": "1s"])
    #expect(try await first.add(rule).fault.id == "test-1")
    #expect(await first.meet("Get", EventSubject()) != nil)
    let second = open()
    let met = await second.meet("Get", EventSubject())
    #expect(met?.action.json == ["action": "restart", "duration": "1000ms"])
    #expect(await second.meet("Get", EventSubject()) == nil)
    #expect(await open().meet("Get", EventSubject()) == nil)
    #expect(try await second.remove("test-1"))
    #expect(!open().isActive)
  }

  @Test("as much is taken as outlasts the process")
  func size() async throws {
    let path = try StateFolder(root: Scratch.path()).file("faults.json")
    func open() -> FaultBook {
      FaultBook(of: "test", catalogue: FaultBookTests.catalogue, path: path)
    }
    let book = open()
    let long = String(repeating: "x", count: 60_000)
    var taken = 0
    do {
      for number in 0..<20 {
        _ = try await book.add(
          fault(["id": .string("f\(number)"), "action": "hang", "namespace": .string(long)]))
        taken += 1
      }
    } catch let full as FaultBook.Full {
      #expect(full.description == "the faults are longer than 1 MiB together")
    }
    #expect(taken == 17)
    #expect(open().json == book.json)
    // One that takes the place of another needs no more room.
    let again = try await book.add(
      fault(["id": "f0", "action": "reset", "namespace": .string(long)]))
    #expect(!again.isNew)
    #expect(open().json == book.json)
  }

  @Test(
    "a file that somebody changed is read as far as it makes sense",
    arguments: [
      (#"[{"action":"hang","count":1,"met":-1,"calls":-5}]"#, 1),
      (#"[{"action":"hang","count":1,"met":9223372036854775807}]"#, 1),
      (#"[{"action":"hang","count":1,"met":1}]"#, 0),
      (#"[{"action":"hang","count":1,"met":"1"}]"#, 1),
      (#"[{"action":"explode"},{"action":"hang","count":2,"met":1}]"#, 1), ("{}", 0), ("", 0),
      ("[1]", 0),
    ])
  func changed(text: String, uses: Int) async throws {
    let path = try StateFolder(root: Scratch.path()).file("faults.json")
    try SafeFile.write(Array(text.utf8), to: path)
    let book = FaultBook(of: "test", catalogue: FaultBookTests.catalogue, path: path)
    var met = 0
    for _ in 0..<3 where await book.meet("Get", EventSubject()) != nil { met += 1 }
    #expect(met == uses)
  }

  @Test("a call that a rule counts is in the file before it goes on; others write nothing")
  func counted() async throws {
    _ = try await book.add(fault(["action": "hang", "count": 2, "id": "few"]))
    _ = try await book.add(fault(["action": "reset", "id": "all"]))
    for met in 1...2 {
      #expect(await meet()?.id == "few")
      #expect(disk.last?[0]?["met"] == .integer(Int64(met)))
    }
    #expect(disk.state.withLock { $0.files.count } == 4)
    #expect(await meet()?.id == "all")
    #expect(disk.state.withLock { $0.files.count } == 4)
  }

  @Test("many calls at once: as many meet a rule as it counts, and the file's last word is right")
  func crowd() async throws {
    _ = try await book.add(fault(["action": "hang", "count": 20]))
    let met = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<50 { group.addTask { await book.meet("Get", EventSubject()) != nil } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(met == 20)
    #expect(disk.last?[0]?["met"] == 20)
    let counts = disk.state.withLock { $0.files.compactMap { $0[0]?["met"]?.integer } }
    #expect(counts == counts.sorted())
  }

  @Test("what the file has already is not written again")
  func unchanged() async throws {
    _ = try await book.add(fault(["action": "hang"]))
    for _ in 0..<2 { try await book.clear() }
    #expect(disk.state.withLock { $0.files.count } == 2)
    _ = try await book.add(fault(["action": "hang"]))
    #expect(disk.state.withLock { $0.files.count } == 3)
  }

  @Test("what the file does not take is not so: a rule is neither set nor removed nor changed")
  func fullDisk() async throws {
    _ = try await book.add(fault(["action": "hang", "id": "a"]))
    _ = await meet()
    let before = book.json
    disk.fill()
    await #expect(throws: FileError.self) { try await book.add(fault(["action": "reset"])) }
    await #expect(throws: FileError.self) {
      try await book.add(fault(["action": "reset", "id": "a"]))
    }
    await #expect(throws: FileError.self) { try await book.remove("a") }
    await #expect(throws: FileError.self) { try await book.clear() }
    // Of what there is not, nothing has to be written.
    #expect(try await !book.remove("b"))
    #expect(book.json == before)
    #expect(book.isActive)
    #expect(await meet()?.action.name == "hang")
  }

  @Test("a call still meets a counted rule whose count the file does not take")
  func fullDiskForCalls() async throws {
    _ = try await book.add(fault(["action": "hang", "count": 1]))
    disk.fill()
    #expect(await meet() != nil)
    #expect(await meet() == nil)
  }

  @Test("a change takes back nothing of what happened while the disk was written")
  func meanwhile() async throws {
    let own = Mutex<FaultBook?>(nil)
    let book = FaultBook(of: "test", catalogue: FaultBookTests.catalogue) { _ throws(FileError) in
      own.withLock { $0 }?.isPaused = true
    }
    own.withLock { $0 = book }
    for change in [{ _ = try await book.add($0) }, { _ = try await book.remove($0.id) }] {
      try await change(fault(["action": "hang", "id": "a"]))
      #expect(book.isPaused)
      book.isPaused = false
    }
    own.withLock { $0 = nil }
  }

  @Test("the file is written away from the loop of the connection that the call came on")
  func threads() async throws {
    _ = try await book.add(fault(["action": "delay", "duration": "1ms", "count": 9]))
    let loop = Mutex<pthread_t?>(nil)
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { [book] _ in
        loop.withLock { $0 = pthread_self() }
        return .text(await book.meet("Get", EventSubject()) == nil ? 404 : 200, "")
      })
    try server.start()
    let url = try #require(HTTPURL(server.urls[0]))
    let answer = try await HTTPClient(loops: loops).send(HTTPClientRequest(url: url))
    #expect(answer.status == 200)
    let writer = try #require(disk.state.withLock { $0.threads.last })
    let caller = try #require(loop.withLock { $0 })
    #expect(pthread_equal(writer, caller) == 0)
    await server.stop(grace: .zero)
  }
}
