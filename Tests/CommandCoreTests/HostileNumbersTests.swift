import JSON
import Testing

@testable import CommandCore

/// Numbers that a server's admin port may answer.
@Suite struct HostileNumbersTests {
  @Test(
    "a clock's offset is within a century",
    arguments: [
      ("1e300", 3_200_000_000), ("-1e300", -3_200_000_000), ("1e400", 3_200_000_000), ("5.5", 5.5),
      ("9223372036854775807", 3_200_000_000), (#""9""#, 0), ("null", 0), ("[]", 0),
    ] as [(String, Double)])
  func offsets(text: String, expected: Double) throws {
    #expect(ClockOffsets.seconds(of: ["offsetSeconds": try JSON.parse(text)]) == expected)
  }

  @Test("a NUL in a word or a variable starts no other command")
  func nul() {
    for (words, variables) in [
      (["/bin/tr\0ue"], [:]), (["/bin/true", "a\0b"], [:]), (["/bin/true"], ["A\0": "b"]),
      (["/bin/true"], ["A": "b\0c"]),
    ] as [([String], [ByteText: String])] {
      #expect(throws: CommandFailure.self) { try ChildProcess(words, environment: variables) }
    }
  }
}
