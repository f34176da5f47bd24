import TestSupport
import Testing

/// `Sources/README.md` is the map of the sources.
@Suite struct MapTests {
  /// What stands between backticks on the map, outside of its picture.
  private func names() throws -> [String] {
    var isPicture = false
    return try Repository.text("Sources/README.md").split(separator: "\n").flatMap { line in
      if line.hasPrefix("```") { isPicture.toggle() }
      guard !isPicture else { return [String]() }
      let parts = line.split(separator: "`", omittingEmptySubsequences: false)
      return parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
  }

  @Test("names every target of the manifest")
  func targets() throws {
    let names = Set(try names())
    let manifest = try Repository.text("Package.swift").split(separator: "\n")
    let starts = ["room(\"", "executable(\"", "name: \""]
    let targets = manifest.flatMap { line in
      starts.compactMap { start in
        line.split(separator: start, omittingEmptySubsequences: false).dropFirst().first?
          .prefix { $0 != "\"" && $0 != "\\" }
      }
    }.map(String.init).filter { !$0.isEmpty }
    #expect(targets.count > 20)
    for target in targets { #expect(names.contains(target), "\(target) is not on the map") }
  }

  @Test("every file that it names exists")
  func files() throws {
    let ends = [".swift", ".py", ".md", ".yaml", ".html", ".css", ".js"]
    let files = try names().filter { name in
      name.contains("/") && ends.contains { name.hasSuffix($0) }
    }
    #expect(files.count > 50)
    for file in Set(files) {
      #expect(
        Repository.exists("Sources/\(file)") || Repository.exists(file), "\(file) does not exist")
    }
  }

  @Test("every folder that it names exists")
  func folders() throws {
    for name in Set(try names()) where name.hasPrefix("Tests/") && !name.hasSuffix(".swift") {
      #expect(Repository.exists(name), "\(name) does not exist")
    }
  }
}
