import Glibc
import JSON
import KubernetesClient
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// The kubeconfig that programs are handed.
@Suite struct KubeconfigCopyTests {
  private let folder: String
  private let environment: ProcessEnvironment

  init() throws {
    folder = try Scratch.folder()
    environment = ProcessEnvironment(["XDG_STATE_HOME": "\(folder)/home"])
  }

  private func config(_ server: String, _ user: JSON = ["token": "t"]) throws -> KubeconfigFile {
    let json: JSON = [
      "current-context": "c",
      "contexts": [
        ["name": "other", "context": ["cluster": "x", "user": "x"]],
        ["name": "c", "context": ["cluster": "k", "user": "u", "namespace": "n"]],
      ],
      "clusters": [["name": "k", "cluster": ["server": .string(server)]]],
      "users": [["name": "u", "user": user], ["name": "x", "user": ["exec": ["command": "x"]]]],
    ]
    try SafeFile.write(json.bytes(), to: "\(folder)/own")
    return try KubeconfigFile("\(folder)/own")
  }

  private func stack() throws -> StackInfo {
    try StackInfo(json: SampleStack.json, path: "\(folder)/stack.json")
  }

  @Test("it has the current context alone, and stays as programs left it while that is the stack's")
  func renewed() throws {
    let copy = KubeconfigCopy(of: try stack(), environment)
    let place = try copy.renew(from: config("https://a"))
    #expect(place.hasPrefix("\(folder)/home/podid/kubeconfig-"))
    let made = try KubeconfigFile(place).json
    #expect(made["contexts"]?.array?.count == 1 && made["users"]?.array?.count == 1)
    #expect(made["contexts"]?[0]?.at("context", "namespace") == "n")
    #expect(made["clusters"]?[0]?.at("cluster", "server") == "https://a")
    #expect(made["users"]?[0]?.at("user", "token") == "t")
    var changed = made.object ?? [:]
    changed["preferences"] = ["of": "a program"]
    try SafeFile.write(JSON.object(changed).bytes(), to: place)
    #expect(try copy.renew(from: config("https://a")) == place)
    #expect(try KubeconfigFile(place).json["preferences"] != nil)
    for other in [try config("https://b"), try config("https://a", ["token": "new"])] {
      _ = try copy.renew(from: other)
      let found = try KubeconfigFile(place)
      #expect(found.json["preferences"] == nil)
      #expect(try found.config() == other.config())
    }
  }

  @Test("keys and authorities are in it, not in files that it would name")
  func whole() throws {
    let text = Base64.encode(Array("PEM".utf8))
    let user: JSON = [
      "client-certificate-data": .string(text), "client-key-data": .string(text), "tokenFile": "t",
    ]
    let place = try KubeconfigCopy(of: stack(), environment).renew(from: config("https://a", user))
    let found = try KubeconfigFile(place).config()
    #expect(found.certificatePEM == "PEM" && found.keyPEM == "PEM" && found.isVerifying)
    #expect(found.credential == .tokenFile("\(folder)/t"))
  }

  @Test(
    "the copy of a stack around this process lies in its folder, and so does an empty file of AWS")
  func around() throws {
    var temporary = try stack()
    temporary.isTemporary = true
    var inside = environment
    inside[MarkedProcesses.variable] = folder
    var elsewhere = environment
    elsewhere[MarkedProcesses.variable] = "\(folder)x"
    for (stack, environment, isThere) in [
      (temporary, environment, true), (try stack(), inside, true), (try stack(), elsewhere, false),
    ] {
      let place = try KubeconfigCopy(of: stack, environment).renew(from: config("https://a"))
      #expect((place == "\(folder)/kubeconfig") == isThere)
    }
    let context = try KnownStack().context()
    let path = context.emptyAWSFile(besideKubeconfig: "\(folder)/kubeconfig", temporary)
    #expect(path == "\(folder)/no-aws-config")
    #expect(try SafeFile.read(path).isEmpty)
    // What a program wrote into it is not for the next one.
    try SafeFile.write(Array("x".utf8), to: path)
    #expect(context.emptyAWSFile(besideKubeconfig: "\(folder)/kubeconfig", temporary) == path)
    #expect(try SafeFile.read(path).isEmpty)
    let own = context.emptyAWSFile(besideKubeconfig: temporary.kubeconfig, temporary)
    #expect(own == "/dev/null")
    #expect(context.emptyAWSFile(besideKubeconfig: "/none/kubeconfig", temporary) == "/dev/null")
  }

  @Test("names in the register are of a place, by whichever way it was told")
  func names() throws {
    let names = KubeconfigCopy.names(for: "\(folder)/stack.json")
    #expect(Set(names).count == 4 && names.count { $0.hasSuffix(".lock") } == 2)
    symlink(folder, "\(folder)/link")
    #expect(KubeconfigCopy.names(for: "\(folder)/link/stack.json") == names)
    #expect(KubeconfigCopy.names(for: "\(folder)/other.json") != names)
  }
}
