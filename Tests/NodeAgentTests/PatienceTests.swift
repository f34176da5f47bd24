import Testing

@testable import NodeAgent

/// Pauses before further tries.
@Suite(.timeLimit(.minutes(10))) struct PatienceTests {
  @Test("who waits makes another try after the pause")
  func patient() async {
    let patience = Patience()
    for _ in 1...2 { #expect(await patience.pause(for: .milliseconds(1))) }
  }

  @Test("nobody who waits makes none, and pauses for nothing")
  func over() async {
    let patience = Patience()
    patience.end()
    #expect(await !patience.pause(for: .seconds(3600)))
  }

  @Test("a pause ends with the patience, whenever that is")
  func ended() async {
    let patience = Patience()
    let pause = Task { await patience.pause(for: .seconds(3600)) }
    await Task.yield()
    patience.end()
    #expect(await !pause.value)
  }

  @Test("a cancelled task makes no further try")
  func cancelled() async {
    let patience = Patience()
    let pause = Task { await patience.pause(for: .seconds(3600)) }
    pause.cancel()
    #expect(await !pause.value)
  }
}
