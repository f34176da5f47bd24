import TestSupport
import Testing

/// What one room offers another says in a doc comment what it is.
@Suite struct DocCommentTests {
  private static let rooms = ["CommandCore", "Explain", "Doctor", "Console", "PodIdentityCLI"]

  @Test("every package declaration of podid's rooms has a doc comment", arguments: rooms)
  func declarations(room: String) throws {
    for file in Repository.files(below: "Sources/\(room)", suffix: ".swift") {
      var before: Substring = ""
      for line in try Repository.text(file).split(separator: "\n") {
        let text = line.drop { $0 == " " }
        // An attribute stands between a declaration and its comment.
        let code = text.hasPrefix("@") ? text.drop { $0 != " " }.drop { $0 == " " } : text
        if code.isEmpty { continue }
        if code.hasPrefix("package "), !code.hasPrefix("package import ") {
          #expect(before.hasPrefix("///"), "\(file): \(text)")
        }
        before = text
      }
    }
  }
}
