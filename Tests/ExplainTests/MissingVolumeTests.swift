import HTTP
import JSON
import KubernetesClient
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says of pods that mount what is not there.
@Suite(.timeLimit(.minutes(10))) struct MissingVolumeTests {
  /// A pod with its identity and one volume more.
  private static func pod(_ volume: JSONObject) -> JSON {
    var volume = volume
    volume["name"] = "v"
    return [
      "metadata": ["name": "p", "namespace": "n"],
      "spec": [
        "volumes": [["name": "eks-pod-identity-token"], .object(volume)], "containers": [],
      ],
    ]
  }

  /// The finding about a pod in a cluster that has no ConfigMap and no Secret.
  private func finding(_ pod: JSON) async throws -> String? {
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { _ in
        .json(404, ["kind": "Status", "reason": "NotFound", "code": 404, "message": "not found"])
      })
    try server.start()
    let path = "\(try Scratch.folder())/kubeconfig"
    let config: JSON = [
      "current-context": "c",
      "contexts": [["name": "c", "context": ["cluster": "c", "user": "c"]]],
      "clusters": [["name": "c", "cluster": ["server": .string(server.urls[0])]]],
      "users": [["name": "c", "user": ["token": "t"]]],
    ]
    try SafeFile.write(config.bytes(), to: path)
    var json = SampleStack.json.object ?? [:]
    json["kubernetes"] = ["kubeconfig": .string(path)]
    let explainer = try Explainer(
      AccountName(namespace: "n", name: "a"), pod: nil,
      stack: StackInfo(json: .object(json), path: "/stack.json"),
      StackAccess(environment: ProcessEnvironment([:]), loops: loops))
    let found = await PodInspection(pod, explainer: explainer).finding()
    await server.stop(grace: .zero)
    loops.stop()
    return found?.text
  }

  @Test(
    "an object that must be there and is not is named",
    arguments: [
      (["configMap": ["name": "m"]], "configmap m"),
      (["configMap": ["name": "m", "optional": false]], "configmap m"),
      (["secret": ["secretName": "s"]], "secret s"),
      (["projected": ["sources": [["secret": ["name": "s"]]]]], "secret s"),
    ] as [(JSONObject, String)])
  func missing(volume: JSONObject, what: String) async throws {
    let text = try await finding(Self.pod(volume))
    #expect(text?.hasPrefix("n/p mounts \(what), which does not exist") == true, "\(text ?? "")")
  }

  @Test(
    "an optional one may be missing",
    arguments: [
      ["configMap": ["name": "m", "optional": true]],
      ["secret": ["secretName": "s", "optional": true]],
      ["projected": ["sources": [["configMap": ["name": "m", "optional": true]]]]],
    ] as [JSONObject])
  func optional(volume: JSONObject) async throws {
    #expect(try await finding(Self.pod(volume)) == nil)
  }
}
