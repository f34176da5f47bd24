import JSON
import Kubelet
import Platform
import TestSupport
import Testing

@testable import CommandCore

@Suite struct ProcessVariablesTests {
  @Test(
    "places without a proxy are the caller's and the stack's, however they are spelt",
    arguments: ["NO_PROXY", "no_proxy"])
  func proxies(name: String) throws {
    let stack = try StackInfo(json: SampleStack.json, path: "/stack.json")
    let found = ProcessVariables(stack: stack, kubeconfig: "/k", awsConfig: "/e")
      .endpoints(noProxy: [name.bytes: "corp,127.0.0.1"])
    let wanted = "corp,127.0.0.1,localhost,::1,169.254.170.23,fd00:ec2::23"
    #expect(found.filter { $0.0.lowercased() == "no_proxy" }.map(\.1) == [wanted, wanted])
  }

  @Test("what would hide the pod's identity does not reach the process")
  func variables() throws {
    let stack = try StackInfo(json: SampleStack.json, path: "/stack.json")
    let pod: JSON = ["metadata": ["name": "p", "namespace": "n"], "spec": [:]]
    let caller: [ByteText: String] = [
      "AWS_ACCESS_KEY_ID": "x", "AWS_PROFILE": "x", "AWS_ROLE_ARN": "x", "HOME": "/h",
      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "", "AWS_ENDPOINT_URL_STS": "x",
      "AWS_WEB_IDENTITY_TOKEN_FILE": "x", "NO_PROXY": "corp",
    ]
    // Those of the manifest by which programs run other code leave the caller's as they are.
    let own = try PodVariables(
      [
        ("APP", "1"), ("AWS_REGION", "pods-own"), ("HOME", "x"), ("PATH", "x"), ("LD_PRELOAD", "x"),
      ],
      admitted: [])
    let found = ProcessVariables(stack: stack, kubeconfig: "/kubeconfig", awsConfig: "/empty").all(
      caller: caller, pod: own, hasIdentity: true, mounts: PodMounts(pod: pod, root: "/pods"))
    #expect(found["HOME"] == "/h" && found["APP"] == "1")
    for name in caller.keys where name.hasPrefix("AWS_") { #expect(found[name] == nil) }
    #expect(found["AWS_REGION"] == "us-east-1")
    #expect(found["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == "http://127.0.0.1:1/v1/credentials")
    #expect(found["NO_PROXY"]?.hasPrefix("corp,127.0.0.1") == true)
    #expect(found["AWS_CONFIG_FILE"] == "/empty" && found["PODID_STACK"] == "/stack.json")
    #expect(found["PATH"] == nil && found["LD_PRELOAD"] == nil)
  }
}
