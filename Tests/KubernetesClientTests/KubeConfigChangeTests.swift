import JSON
import Testing

@testable import KubernetesClient

/// A node goes by whether its kubeconfig is another one by now.
@Suite struct KubeConfigChangeTests {
  private func config(_ user: JSON, server: String = "https://h:1") throws -> KubeConfig {
    try KubeConfig(
      json: [
        "current-context": "c",
        "contexts": [["name": "c", "context": ["cluster": "k", "user": "u"]]],
        "clusters": [["name": "k", "cluster": ["server": .string(server)]]],
        "users": [["name": "u", "user": user]],
      ], path: "f", folder: "/x")
  }

  @Test(
    "a kubeconfig with another credential is another one",
    arguments: [["token": "new"], ["tokenFile": "old"], [:]] as [JSON])
  func credential(user: JSON) throws {
    let old = try config(["token": "old"])
    #expect(try old == config(["token": "old"]))
    #expect(try old != config(user))
    #expect(try old != config(["token": "old"], server: "https://h:2"))
    #expect(try config(["tokenFile": "a"]) != config(["tokenFile": "b"]))
  }
}
