import Platform
import TestSupport
import Testing

@testable import AWSAPI

@Suite struct SettingsTests {
  @Test("the README's table of settings is the one in code")
  func readme() throws {
    let readme = try Repository.text("README.md")
    for line in AWSAPISettings.table.markdown.split(separator: "\n") {
      #expect(readme.contains(line), "\(line)")
    }
  }
}
