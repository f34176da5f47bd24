import JSON
import KubernetesClient
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// Kubeconfigs as podid reads them.
@Suite struct KubeconfigFileTests {
  private func file(_ text: String) throws -> String {
    let path = "\(try Scratch.folder())/kubeconfig"
    try SafeFile.write(Array(text.utf8), to: path)
    return path
  }

  static let yaml = """
    apiVersion: v1
    kind: Config
    current-context: admin@local
    contexts:
    - context: {cluster: local, user: admin, namespace: kube-system}
      name: admin@local
    clusters:
    - cluster:
        server: https://127.0.0.1:1
      name: local
    users:
    - name: admin
      user:
        token: t0
    """

  @Test("YAML, as kubectl writes it, is the same as JSON")
  func forms() throws {
    let yaml = try KubeconfigFile(file(Self.yaml))
    let json = try KubeconfigFile(file(yaml.json.text()))
    #expect(try yaml.config() == json.config())
    #expect(try yaml.config().credential == .token("t0"))
    #expect(try yaml.config().server == "https://127.0.0.1:1")
  }

  @Test(
    "what is neither, or runs a command, is refused in one line",
    arguments: [
      "", "[", "a: *x", "\u{0}", "just text", "{}",
      yaml.bytes.split(separator: "\n").joined(separator: "\n") + "\n---\n: [",
    ])
  func broken(text: String) throws {
    let path = try file(text)
    let error = #expect(throws: CommandFailure.self) { try KubeconfigFile(path).config() }
    #expect(error?.description.contains(path) == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("a command in YAML is not run")
  func commands() throws {
    let text = Self.yaml.bytes.split(separator: "\n").map(String.init)
      .map { $0.bytes == "    token: t0" ? "    exec: {command: touch}" : $0 }
      .joined(separator: "\n")
    let error = #expect(throws: CommandFailure.self) { try KubeconfigFile(file(text)).config() }
    #expect(error?.description.contains("exec is not run") == true)
  }
}
