import JSON
import Testing

@testable import PodIdentityCLI

/// What a shell of `podid shell` reads behind the user's own start files.
@Suite struct ShellStartTests {
  private static let shells = ["/bin/bash", "/usr/bin/zsh", "/usr/bin/fish", "/bin/dash"]

  /// The file that is read last.
  private func last(
    _ shell: String, variables: [ByteText: String], caller: [ByteText: String]
  ) throws -> String {
    let start = ShellStart(
      shell: shell, folder: "/f", mark: "podid", variables: variables, caller: caller)
    return try #require(start.files.last).text
  }

  /// How a shell sets a variable.
  private func setting(_ shell: String, _ name: String, _ value: String) -> String {
    shell.hasSuffix("fish") ? "set -gx \(name) '\(value)'\n" : "export \(name)='\(value)'\n"
  }

  @Test(
    "what leads to the stack is set again, also where the caller has it already", arguments: shells)
  func again(shell: String) throws {
    // As in a shell that took podid env before.
    let stack: [ByteText: String] = [
      "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "KUBECONFIG": "/k", "PODID_STACK": "/s",
    ]
    let own: [ByteText: String] = ["EDITOR": "vi", "no_proxy": "localhost"]
    let variables = stack.merging(own) { $1 }
    let same = try last(shell, variables: variables, caller: variables)
    for (name, value) in stack { #expect(same.contains(setting(shell, name.string, value))) }
    // The rest is the user's to change in files of his own.
    for (name, value) in own { #expect(!same.contains(setting(shell, name.string, value))) }
    let other = try last(shell, variables: variables, caller: ["no_proxy": "other"])
    for (name, value) in variables { #expect(other.contains(setting(shell, name.string, value))) }
  }

  @Test("what would win over the stack is taken away again", arguments: shells)
  func hidden(shell: String) throws {
    let text = try last(
      shell, variables: ["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:2"],
      caller: ["AWS_ENDPOINT_URL_STS": "https://x.example", "AWS_ENDPOINT_URL_S3": "https://x"])
    let line = try #require(
      text.split(separator: "\n").first { $0.hasPrefix("unset AWS") || $0.hasPrefix("set -e ") })
    let names = line.split(separator: " ").map(String.init)
    #expect(names.contains("AWS_PROFILE") && names.contains("AWS_ENDPOINT_URL_STS"))
    #expect(!names.contains("AWS_ENDPOINT_URL_S3"))
  }
}
