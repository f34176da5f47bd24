import JSON
import Platform
import Testing

@testable import KubernetesAPI

@Suite struct AdmissionServiceAccountTests {
  private static let path = "/var/run/secrets/kubernetes.io/serviceaccount"

  @Test(
    "mounts the API token unless pod or account opt out; the pod's word counts first",
    arguments: [
      (nil, nil, true), (nil, true, true), (nil, false, false),
      (true, nil, true), (true, true, true), (true, false, true),
      (false, nil, false), (false, true, false), (false, false, false),
    ] as [(Bool?, Bool?, Bool)])
  func automount(pod: Bool?, account: Bool?, isMounted: Bool) {
    var spec: JSONObject = ["containers": [["name": "a"]]]
    spec["automountServiceAccountToken"] = pod.map(JSON.bool)
    var object: JSONObject = [:]
    object["automountServiceAccountToken"] = account.map(JSON.bool)
    ServiceAccountAdmission.apply(account: .object(object), to: &spec, randomness: .seeded(1))
    let mounts = spec["containers"]?[0]?["volumeMounts"]?.array ?? []
    #expect(mounts.contains { $0["mountPath"]?.string == Self.path } == isMounted)
    #expect((spec["volumes"] != nil) == isMounted)
  }

  @Test("adds the volume as the API server does")
  func volume() throws {
    var spec: JSONObject = ["containers": [["name": "a"]], "initContainers": [["name": "i"]]]
    ServiceAccountAdmission.apply(account: [:], to: &spec, randomness: .seeded(1))
    let name = try #require(spec["volumes"]?[0]?["name"]?.string)
    #expect(name.hasPrefix("kube-api-access-") && name.utf8.count == 21)
    let expected = try JSON.parse(
      #"""
      {"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},
       {"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},
       {"downwardAPI":{"items":[{"path":"namespace",
        "fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}
      """#)
    #expect(spec["volumes"]?[0]?["projected"] == expected)
    let mount: JSON = ["name": .string(name), "readOnly": true, "mountPath": .string(Self.path)]
    #expect(spec["containers"]?[0]?["volumeMounts"] == [mount])
    #expect(spec["initContainers"]?[0]?["volumeMounts"] == [mount])
  }

  @Test("leaves a container alone that mounts something at that path")
  func ownMount() {
    let own: JSON = ["name": "mine", "mountPath": .string(Self.path)]
    var spec: JSONObject = ["containers": [["name": "a", "volumeMounts": [own]]]]
    ServiceAccountAdmission.apply(account: [:], to: &spec, randomness: .seeded(1))
    #expect(spec["containers"]?[0]?["volumeMounts"] == [own])
    #expect(spec["volumes"] == nil)
  }

  @Test(
    "settles the account's name",
    arguments: [
      ([:], "default"), (["serviceAccountName": "a"], "a"), (["serviceAccount": "b"], "b"),
      (["serviceAccountName": "a", "serviceAccount": "b"], "a"),
      (["serviceAccountName": ""], "default"),
    ] as [(JSONObject, String)])
  func names(spec: JSONObject, expected: String) {
    var spec = spec
    #expect(ServiceAccountAdmission.settleName(in: &spec) == expected)
    #expect(spec["serviceAccountName"]?.string == expected)
    #expect(spec["serviceAccount"]?.string == expected)
  }

  @Test("fills in what a pod leaves out")
  func defaults() throws {
    var pod = try #require(
      try JSON.parse(
        #"{"spec":{"containers":[{"name":"a","image":"nginx"}],"volumes":[{"name":"v"}]}}"#
      ).object)
    PodDefaults.apply(to: &pod)
    let expected = try JSON.parse(
      #"""
      {"spec":{"containers":[{"name":"a","image":"nginx","resources":{},
        "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File",
        "imagePullPolicy":"Always"}],"volumes":[{"name":"v","emptyDir":{}}],
       "restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst",
       "securityContext":{},"schedulerName":"default-scheduler",
       "tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists",
         "effect":"NoExecute","tolerationSeconds":300},
        {"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute",
         "tolerationSeconds":300}],
       "priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},
       "status":{"phase":"Pending","qosClass":"BestEffort"}}
      """#)
    #expect(JSON.object(pod) == expected)
  }

  @Test(
    "pulls an image as its tag says",
    arguments: [
      ("a", "Always"), ("a:latest", "Always"), ("a:1", "IfNotPresent"),
      ("localhost:5000/a", "Always"), ("localhost:5000/a:2", "IfNotPresent"),
      ("a@sha256:00", "IfNotPresent"),
    ])
  func images(image: String, policy: String) {
    var pod: JSONObject = ["spec": ["containers": [["name": "a", "image": .string(image)]]]]
    PodDefaults.apply(to: &pod)
    #expect(pod["spec"]?["containers"]?[0]?["imagePullPolicy"]?.string == policy)
  }

  @Test(
    "judges the quality of service by requests and limits",
    arguments: [
      (#"{"limits":{"cpu":"1","memory":"1Gi"}}"#, "Guaranteed"),
      (#"{"requests":{"cpu":"1"}}"#, "Burstable"),
      (#"{"limits":{"cpu":"1"}}"#, "Burstable"), ("{}", "BestEffort"),
    ])
  func quality(resources: String, expected: String) throws {
    var pod: JSONObject = [
      "spec": ["containers": [["name": "a", "resources": try JSON.parse(resources)]]]
    ]
    PodDefaults.apply(to: &pod)
    #expect(pod["status"]?["qosClass"]?.string == expected)
  }
}
