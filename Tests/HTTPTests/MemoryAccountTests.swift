import Testing

@testable import HTTP

/// The accounts of what connections hold, without connections.
@Suite struct MemoryAccountTests {
  private func memory() -> HTTPMemory {
    var limits = HTTPMemoryLimits()
    limits.input = 80_000
    limits.streams = 2 * HTTPMemory.streamSize
    return HTTPMemory(limits: limits)
  }

  @Test("the last eighth is for complete requests, and three eighths for small ones")
  func shares() {
    let memory = memory()
    // Large and unfinished: five eighths.
    #expect(memory.charge(from: 0, to: 50_000, isWhole: false))
    #expect(!memory.charge(from: 0, to: 5_000, isWhole: false))
    // Small and unfinished: seven.
    for _ in 0..<5 { #expect(memory.charge(from: 0, to: 4_000, isWhole: false)) }
    #expect(memory.heldInput == 70_000)
    #expect(!memory.charge(from: 0, to: 1, isWhole: false))
    // Complete: all.
    #expect(memory.charge(from: 0, to: 10_000, isWhole: true))
    #expect(!memory.charge(from: 0, to: 1, isWhole: true))
    #expect(memory.heldInput == 80_000)
  }

  @Test("what is refused is not held, and what is given back is free again")
  func refusals() {
    let memory = memory()
    for _ in 0..<100 { #expect(!memory.charge(from: 0, to: 90_000, isWhole: true)) }
    #expect(memory.heldInput == 0 && !memory.isTight)
    #expect(memory.charge(from: 0, to: 60_000, isWhole: true))
    #expect(memory.isTight)
    // To hold less is never refused.
    #expect(memory.charge(from: 60_000, to: 100, isWhole: false))
    #expect(memory.heldInput == 100 && !memory.isTight)
  }

  @Test("streams are as many as there is room for")
  func streams() {
    let memory = memory()
    #expect(memory.openStream() && memory.openStream())
    for _ in 0..<10 { #expect(!memory.openStream()) }
    memory.closeStream()
    #expect(memory.openStream() && !memory.openStream())
  }
}
