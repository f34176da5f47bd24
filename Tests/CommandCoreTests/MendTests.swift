import Testing

@testable import CommandCore

@Suite struct MendTests {
  @Test(
    "what a shell would read as more than a word is quoted",
    arguments: [
      ("arn:aws:iam::111122223333:role/a/b+c=d,e@f_g-1.2", false), ("", true), ("a b", true),
      ("a;b", true), ("$(a)", true), ("`a`", true), ("a'b", true), ("a\nb", true), ("*", true),
    ])
  func words(text: String, isQuoted: Bool) {
    #expect(Mend.word(text) == (isQuoted ? Mend.quoted(text) : text))
  }

  @Test("a quote inside of quotes ends them, is a word, and begins them again")
  func quotes() {
    #expect(Mend.quoted("a'b") == "'a'\\''b'")
  }
}
