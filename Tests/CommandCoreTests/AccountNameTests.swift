import Platform
import Testing

@testable import CommandCore

@Suite struct AccountNameTests {
  @Test("ServiceAccounts are [NS/]NAME", arguments: ["", "/a", "a/", "a/b/c"])
  func accounts(text: String) throws {
    #expect(try AccountName("a").text == "default/a")
    #expect(try AccountName("n/a").text == "n/a")
    #expect(throws: UsageError.self) { try AccountName(text) }
  }

  @Test(
    "the ServiceAccount that was meant: of that very name elsewhere, then of almost that name",
    arguments: [
      ("auditor", "billing/auditor"), ("auditors", "default/auditory"),
      ("billing/auditr", "billing/auditor"), ("shop/default", nil), ("nonsense", nil),
    ] as [(String, String?)])
  func likely(name: String, meant: String?) throws {
    let all = try ["billing/auditor", "default/auditory", "default/default"].map { (text) in
      try AccountName(text)
    }
    #expect(try AccountName(name).likely(among: all)?.text == meant)
  }
}
