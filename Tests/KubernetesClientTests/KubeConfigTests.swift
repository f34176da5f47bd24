import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import KubernetesClient

@Suite struct KubeConfigTests {
  private func config(user: JSON, cluster: JSON = ["server": "https://h:1/"]) -> JSON {
    [
      "current-context": "c",
      "contexts": [["name": "c", "context": ["cluster": "k", "user": "u"]]],
      "clusters": [["name": "k", "cluster": cluster]],
      "users": [["name": "u", "user": user]],
    ]
  }

  @Test("reads server, authorities and token")
  func token() throws {
    let authority = Base64.encode(Array("PEM".utf8))
    let found = try KubeConfig(
      json: config(
        user: ["token": "t"],
        cluster: [
          "server": "https://h:1/", "certificate-authority-data": .string(authority),
        ]), path: "f", folder: ".")
    #expect(found.server == "https://h:1")
    #expect(found.authorities == "PEM")
    #expect(found.credential == .token("t"))
    #expect(found.isVerifying)
  }

  @Test("a token file is relative to the kubeconfig and wins over a token")
  func tokenFile() throws {
    let found = try KubeConfig(
      json: config(user: ["token": "t", "tokenFile": "tok"]), path: "f", folder: "/x")
    #expect(found.credential == .tokenFile("/x/tok"))
  }

  @Test("what it does not do is refused by name", arguments: ["exec", "auth-provider"])
  func unsupported(member: String) {
    let error = #expect(throws: KubeConfig.Failure.self) {
      try KubeConfig(
        json: config(user: .object([member: ["command": "aws"]])), path: "f", folder: ".")
    }
    #expect(error?.description.contains(member) == true)
  }

  @Test("YAML is refused with the command that writes JSON")
  func yaml() throws {
    let path = Scratch.path()
    try SafeFile.write(Array("apiVersion: v1\nkind: Config\n".utf8), to: path)
    let error = #expect(throws: KubeConfig.Failure.self) { try KubeConfig(path: path) }
    #expect(error?.description.contains("kubectl config view --raw -o json") == true)
  }

  @Test("a missing context, cluster or user is named")
  func missing() {
    var json = config(user: [:]).object ?? [:]
    json["users"] = []
    let error = #expect(throws: KubeConfig.Failure.self) {
      try KubeConfig(json: .object(json), path: "f", folder: ".")
    }
    #expect(error?.description == "f: there is no user named \"u\"")
  }

  @Test("lines are put together from whatever pieces")
  func lines() throws {
    let text = Array("one\ntwo\n\nthree".utf8)
    for size in 1...text.count {
      var splitter = LineSplitter()
      var lines: [String] = []
      for start in stride(from: 0, to: text.count, by: size) {
        for line in try splitter.add(Array(text[start..<min(start + size, text.count)])) {
          lines.append(String(decoding: line, as: UTF8.self))
        }
      }
      #expect(lines == ["one", "two", ""])
    }
  }
}
