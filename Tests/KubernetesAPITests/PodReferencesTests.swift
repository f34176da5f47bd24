import JSON
import Testing

@testable import KubernetesAPI

/// What a pod names that its node may read.
@Suite struct PodReferencesTests {
  @Test(
    "ConfigMaps and Secrets are named by volumes and by each container's environment",
    arguments: [
      (#"{"volumes":[{"configMap":{"name":"x"}}]}"#, ["x"], []),
      (#"{"volumes":[{"secret":{"secretName":"x"}}]}"#, [], ["x"]),
      (#"{"volumes":[{"secret":{"name":"x"}}]}"#, [], []),
      (
        #"{"volumes":[{"projected":{"sources":[{"configMap":{"name":"x"}},{"secret":{"name":"y"}}]}}]}"#,
        ["x"], ["y"]
      ),
      (#"{"containers":[{"envFrom":[{"configMapRef":{"name":"x"}}]}]}"#, ["x"], []),
      (#"{"initContainers":[{"envFrom":[{"secretRef":{"name":"x"}}]}]}"#, [], ["x"]),
      (#"{"initContainers":[{"envFrom":[{"configMapRef":{"name":"x"}}]}]}"#, ["x"], []),
      (#"{"ephemeralContainers":[{"envFrom":[{"configMapRef":{"name":"x"}}]}]}"#, ["x"], []),
      (
        #"{"initContainers":[{"env":[{"name":"A","valueFrom":{"configMapKeyRef":{"name":"x"}}}]}]}"#,
        ["x"], []
      ),
      (
        #"{"containers":[{"env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"x"}}}]}]}"#, [],
        ["x"]
      ),
      (
        #"{"ephemeralContainers":[{"env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"x"}}}]}]}"#,
        [], ["x"]
      ),
      (#"{"imagePullSecrets":[{"name":"x"},{"name":"y"}]}"#, [], ["x", "y"]),
      (#"{"serviceAccountName":"x","nodeName":"y"}"#, [], []),
    ])
  func names(spec: String, configMaps: [String], secrets: [String]) throws {
    let pod: JSON = ["spec": try JSON.parse(spec)]
    #expect(PodReferences.names(in: pod, resource: "configmaps") == configMaps)
    #expect(PodReferences.names(in: pod, resource: "secrets") == secrets)
  }

  @Test("its ServiceAccount is named by the one member, and a pod without a spec names nothing")
  func account() {
    let pod: JSON = ["spec": ["serviceAccountName": "x"]]
    #expect(PodReferences.names(in: pod, resource: "serviceaccounts") == ["x"])
    #expect(PodReferences.names(in: ["spec": [:]], resource: "serviceaccounts").isEmpty)
    #expect(PodReferences.names(in: [:], resource: "secrets").isEmpty)
  }
}
