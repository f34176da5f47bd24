import JSON
import Kubelet
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

@Suite struct HeldPodTests {
  @Test(
    "a host's name becomes a part of a pod's name",
    arguments: [
      ("2bfbd730ff85", "2bfbd730ff85"), ("My-Laptop.local", "my-laptop-local"), ("-_-", "pod"),
      ("", "pod"), (String(repeating: "a", count: 80), String(repeating: "a", count: 60)),
      ("ünïcode", "n--code"),
    ])
  func label(host: String, label: String) {
    #expect(HeldPod.label(host) == label)
  }

  @Test("its object says who holds it, and lies on the node")
  func object() throws {
    let pod = HeldPod(
      account: try AccountName("ns/app"), name: "mine", node: "node-1", folder: "/pod")
    #expect(pod.path == "/api/v1/namespaces/ns/pods/mine")
    #expect(pod.object.at("spec", "nodeName") == "node-1")
    #expect(pod.object.at("spec", "serviceAccountName") == "app")
    let holder = pod.object.at("metadata", "annotations", PodWorker.holderAnnotation)?.string
    #expect(holder?.hasSuffix(":/pod") == true)
  }

  @Test("a lasting reason is told once, and again after it was over")
  func lastLine() {
    let line = LastLine()
    #expect(line.isNew("a"))
    #expect(!line.isNew("a"))
    #expect(line.isNew("b"))
    line.forget()
    #expect(line.isNew("b"))
  }

  @Test("variables describe a stack that something else started")
  func variables() throws {
    let folder = try Scratch.folder()
    let config: JSON = ["clusters": [["cluster": ["server": "https://k:1"]]]]
    try SafeFile.write(config.bytes(), to: "\(folder)/config")
    try SafeFile.write(Array("secret\n".utf8), to: "\(folder)/token")
    let none = StackVariables(ProcessEnvironment(["PODID_STACK_KUBECONFIG": ""]))
    #expect(none == nil)
    let variables = try #require(
      StackVariables(
        ProcessEnvironment([
          "PODID_STACK_KUBECONFIG": "\(folder)/config",
          "PODID_STACK_ADMIN_TOKEN_FILE": "\(folder)/token", "PODID_AWS_API_REGION": "eu-west-1",
        ])))
    let info = try variables.info()
    #expect(!info.isOwn)
    #expect(info.kubernetesURL == "https://k:1")
    #expect(info.adminToken == "secret")
    #expect((info.region, info.account) == ("eu-west-1", "111122223333"))
    let broken = try #require(
      StackVariables(ProcessEnvironment(["PODID_STACK_KUBECONFIG": "\(folder)/none"])))
    #expect(throws: CommandFailure.self) { try broken.info() }
    for name in ["KUBERNETES_ADMIN", "AWS_URL", "AWS_ADMIN", "S3_URL", "AGENT_URL", "AGENT_ADMIN"] {
      let wrong = try #require(
        StackVariables(
          ProcessEnvironment([
            "PODID_STACK_KUBECONFIG": "\(folder)/config",
            "PODID_STACK_ADMIN_TOKEN_FILE": "\(folder)/token", "PODID_STACK_\(name)": "aws-api:1",
          ])))
      let error = #expect(throws: UsageError.self) { try wrong.info() }
      #expect(
        error?.description
          == "podid: PODID_STACK_\(name) must be an http or https URL, not \"aws-api:1\"")
    }
  }
}
