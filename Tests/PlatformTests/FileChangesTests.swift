import Glibc
import Platform
import TestSupport
import Testing

/// What is told of a file: nothing here waits for a time.
@Suite(.timeLimit(.minutes(2))) struct FileChangesTests {
  @Test(
    "a file is told of with the folders that it comes with, when it is another, and when it goes")
  func steps() async throws {
    let folder = try Scratch.folder()
    let path = "\(folder)/a/b/file"
    var changes = FileChanges.of(path, pause: .seconds(3600)).makeAsyncIterator()
    let steps: [() throws -> Void] = [
      { try SafeFile.makeFolder("\(folder)/a") }, { try SafeFile.makeFolder("\(folder)/a/b") },
      { try SafeFile.write([1], to: path) }, { unlink(path) },
    ]
    for step in steps {
      #expect(await changes.next() != nil)
      try step()
    }
    #expect(await changes.next() != nil)
  }

  @Test("a file that is written in place is told of, and so is one of another folder of the name")
  func replaced() async throws {
    let folder = try Scratch.folder()
    for name in ["a", "b"] { try SafeFile.makeFolder("\(folder)/\(name)") }
    var changes = FileChanges.of("\(folder)/a/file", pause: .seconds(3600)).makeAsyncIterator()
    #expect(await changes.next() != nil)
    let file = open("\(folder)/a/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
    #expect(await changes.next() != nil)
    close(file)
    #expect(await changes.next() != nil)
    rename("\(folder)/a", "\(folder)/c")
    #expect(await changes.next() != nil)
    rename("\(folder)/b", "\(folder)/a")
    while !SafeFile.exists("\(folder)/a") { await changes.next() }
    try SafeFile.write([1], to: "\(folder)/a/file")
    for await _ in FileChanges.of("\(folder)/a/file", pause: .seconds(3600))
    where SafeFile.exists("\(folder)/a/file") { break }
  }

  @Test("the stream ends with its time, after a last look, and with its reader")
  func ends() async {
    var count = 0
    for await _ in FileChanges.of(Scratch.path(), within: .zero) { count += 1 }
    #expect(count == 1)
    let (looks, look) = AsyncStream<Void>.makeStream()
    let reader = Task {
      for await _ in FileChanges.of("/", pause: .seconds(3600)) { look.yield() }
      look.finish()
    }
    for await _ in looks { reader.cancel() }
  }
}
