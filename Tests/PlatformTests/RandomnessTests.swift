import Platform
import Testing

@Suite struct RandomnessTests {
  @Test("a seeded source repeats itself, the system's does not")
  func seeds() {
    #expect(Randomness.seeded(7).bytes(32) == Randomness.seeded(7).bytes(32))
    #expect(Randomness.seeded(7).bytes(32) != Randomness.seeded(8).bytes(32))
    #expect(Randomness.system.bytes(32) != Randomness.system.bytes(32))
  }

  @Test("makes UUIDs of version 4")
  func uuid() {
    let uuid = Array(Randomness.system.uuid().utf8)
    #expect(uuid.count == 36)
    #expect(uuid[14] == UInt8(ascii: "4"))
    #expect("89ab".utf8.contains(uuid[19]))
  }

  @Test("draws from the alphabet and the range alone")
  func ranges() {
    #expect(Randomness.system.string(500, from: "ab").allSatisfy { $0 == "a" || $0 == "b" })
    for _ in 0..<500 { #expect(1...3 ~= Randomness.system.integer(in: 1...3)) }
  }
}
