import TestSupport
import Testing

/// The README against the code it is about.
@Suite struct ReadmeTests {
  static let readme = (try? Repository.text("README.md")) ?? ""

  @Test("every deviation that the code marks is in the README's table")
  func deviations() throws {
    let section = try #require(
      Self.readme.split(separator: "## Differs from AWS").last?.split(separator: "\n## ").first)
    var marked = 0
    for file in Repository.files(below: "Sources", suffix: ".swift") {
      let text = try Repository.text(file)
      guard text.contains("// Differs from AWS:") else { continue }
      marked += 1
      let name = file.split(separator: "/").last.map(String.init) ?? file
      #expect(section.contains("`\(name)`"), "\(file) marks a deviation that the README lacks")
    }
    #expect(marked >= 5)
  }

  @Test("files that the README names exist")
  func paths() {
    for word in Self.readme.split(whereSeparator: { " `()\n".contains($0) })
    where word.hasPrefix("compose/") || word.hasPrefix("Sources/") {
      let path = word.prefix { !",.:;".contains($0) || $0 == "." }
      let trimmed = path.hasSuffix(".") ? path.dropLast() : path
      #expect(Repository.exists(String(trimmed)), "\(trimmed)")
    }
  }
}
