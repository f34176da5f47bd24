import Testing

@testable import CommandCore

@Suite struct SpellingTests {
  @Test(
    "what is put in, taken out, replaced or exchanged counts one",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "abxc", 1),
      ("abc", "ac", 1), ("abc", "abd", 1), ("abc", "acb", 1), ("ab", "ba", 1), ("abcd", "badc", 2),
      ("ca", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("xab", "xba", 1),
      ("aab", "aba", 1), ("abc", "cba", 2),
    ])
  func distance(left: String, right: String, count: Int) {
    #expect(Spelling.distance(left, right) == count)
    #expect(Spelling.distance(right, left) == count)
  }

  @Test(
    "the nearest name is meant, within a third of the word and three at most",
    arguments: [
      ("statsu", "status"), ("STATUS", "status"), ("up", nil), ("dwon", "down"), ("xxxx", nil),
      ("st", nil), ("explian-them-alk", "explain-them-all"),
      ("explaan-tham-als", "explain-them-all"),
      ("axplaan-tham-als", nil), ("lost", "list"), ("lists", "list"),
    ] as [(String, String?)])
  func nearest(word: String, name: String?) {
    let names = ["status", "down", "up", "list", "explain-them-all"]
    #expect(Spelling.nearest(word, among: names) == name)
  }

  @Test("a name is not near itself, and the first of equals counts")
  func selves() {
    #expect(Spelling.nearest("list", among: ["list"]) == nil)
    #expect(Spelling.nearest("list", among: ["last", "lost"]) == "last")
    #expect(Spelling.nearest("lisst", among: ["lost", "list"]) == "list")
  }
}
