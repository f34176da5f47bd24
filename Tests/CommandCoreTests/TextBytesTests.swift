import JSON
import Platform
import Testing

@testable import CommandCore

/// Names and words are told apart by their bytes, where Swift takes an "é" in one character and one in
/// two for the same, and joins a combining mark to what stands before it.
@Suite struct TextBytesTests {
  private static let composed = "caf\u{E9}"
  private static let decomposed = "cafe\u{301}"

  @Test("ServiceAccounts are two where the bytes of their names differ")
  func accounts() throws {
    let (one, other) = try (AccountName(Self.composed), AccountName(Self.decomposed))
    #expect(one != other && Set([one, other]).count == 2)
    let event: JSON = [
      "subject": ["namespace": "default", "serviceAccount": .string(Self.decomposed)]
    ]
    #expect(!one.isSubject(of: event) && other.isSubject(of: event))
    let elsewhere = AccountName(namespace: "shop", name: Self.decomposed)
    #expect(one.elsewhere(among: [elsewhere]) == nil)
    #expect(other.elsewhere(among: [elsewhere])?.text == elsewhere.text)
  }

  @Test("a flag's value begins behind the equals sign, whatever it begins with")
  func flags() throws {
    let command = Command(
      name: "x", usage: "", summary: "", options: [Command.Option("state", "DIR", "")]
    ) { _ in 0 }
    let found = try CommandArguments(["--state=\u{301}x"], of: command)["state"]
    #expect(found?.bytes == "\u{301}x")
    #expect(throws: UsageError.self) { try CommandArguments(["-\u{301}"], of: command) }
  }

  @Test("a quote is escaped for a shell also with a combining mark behind it")
  func quoted() {
    #expect(Mend.word("a'\u{301}; b").bytes == "'a'\\''\u{301}; b'")
  }

  @Test("a process is given every variable whose name has other bytes")
  func variables() async throws {
    let names: [ByteText] = ["V_\(Self.composed)", "V_\(Self.decomposed)"]
    let variables = Dictionary(uniqueKeysWithValues: names.map { ($0, "1") })
    let found = try await CapturedProcess.run(
      ["/usr/bin/env"], environment: variables)
    #expect(Set(found.output.map(\.bytes)) == Set(names.map { "\($0)=1" }))
  }
}
