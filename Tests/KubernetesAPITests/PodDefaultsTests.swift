import JSON
import Testing

@testable import KubernetesAPI

/// What the API server fills in of a pod's parts.
@Suite struct PodDefaultsTests {
  private static func spec(_ spec: JSONObject) -> JSON? {
    var pod: JSONObject = ["spec": .object(spec)]
    PodDefaults.apply(to: &pod)
    return pod["spec"]
  }

  private static func container(_ container: JSON, in list: String = "containers") -> JSON? {
    spec([list: [container]])?[list]?[0]
  }

  @Test(
    "containers: ports, fields, requests and probes", arguments: ["containers", "initContainers"])
  func containers(list: String) {
    let container = Self.container(
      [
        "ports": [["containerPort": 1], ["containerPort": 2, "protocol": "UDP"]],
        "env": [
          ["name": "a", "value": "b"],
          ["name": "c", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
        ],
        "resources": ["limits": ["cpu": "1", "memory": "2"], "requests": ["cpu": "3"]],
        "livenessProbe": ["httpGet": ["port": 80]],
        "readinessProbe": ["httpGet": ["path": "/x", "scheme": "HTTPS"], "timeoutSeconds": 9],
        "startupProbe": ["exec": [:]],
        "terminationMessagePath": "/x", "terminationMessagePolicy": "FallbackToLogsOnError",
        "imagePullPolicy": "Never",
      ], in: list)
    #expect(container?["ports"]?[0]?["protocol"] == "TCP")
    #expect(container?["ports"]?[1]?["protocol"] == "UDP")
    #expect(container?["env"]?[0] == ["name": "a", "value": "b"])
    #expect(container?["env"]?[1]?.at("valueFrom", "fieldRef", "apiVersion") == "v1")
    #expect(container?.at("resources", "requests") == ["cpu": "3", "memory": "2"])
    let numbers: JSONObject = [
      "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
    ]
    var live = numbers
    live["httpGet"] = ["port": 80, "path": "/", "scheme": "HTTP"]
    #expect(container?["livenessProbe"] == .object(live))
    var ready = numbers
    ready["timeoutSeconds"] = 9
    ready["httpGet"] = ["path": "/x", "scheme": "HTTPS"]
    #expect(container?["readinessProbe"] == .object(ready))
    #expect(container?.at("startupProbe", "failureThreshold") == 3)
    #expect(container?["terminationMessagePath"] == "/x")
    #expect(container?["terminationMessagePolicy"] == "FallbackToLogsOnError")
    #expect(container?["imagePullPolicy"] == "Never")
  }

  @Test("requests that nobody limits are left out")
  func requests() {
    #expect(Self.container(["resources": ["limits": [:]]])?.at("resources", "requests") == nil)
    #expect(Self.container([:])?["resources"] == [:])
  }

  @Test(
    "volumes",
    arguments: [
      (["name": "v"], ["name": "v", "emptyDir": [:]]),
      (
        ["name": "v", "hostPath": ["path": "/"]],
        ["name": "v", "hostPath": ["path": "/", "type": ""]]
      ),
      (
        ["name": "v", "configMap": ["name": "c"]],
        ["name": "v", "configMap": ["name": "c", "defaultMode": 420]]
      ),
      (
        ["name": "v", "secret": ["secretName": "s", "defaultMode": 256]],
        ["name": "v", "secret": ["secretName": "s", "defaultMode": 256]]
      ),
      (
        ["name": "v", "downwardAPI": ["items": [["path": "a", "fieldRef": ["fieldPath": "f"]]]]],
        [
          "name": "v",
          "downwardAPI": [
            "items": [["path": "a", "fieldRef": ["fieldPath": "f", "apiVersion": "v1"]]],
            "defaultMode": 420,
          ],
        ]
      ),
      (
        [
          "name": "v",
          "projected": [
            "sources": [
              ["serviceAccountToken": ["path": "t"]],
              ["serviceAccountToken": ["path": "u", "expirationSeconds": 700]],
              ["downwardAPI": ["items": [["fieldRef": ["fieldPath": "f"]]]]],
            ]
          ],
        ],
        [
          "name": "v",
          "projected": [
            "sources": [
              ["serviceAccountToken": ["path": "t", "expirationSeconds": 3600]],
              ["serviceAccountToken": ["path": "u", "expirationSeconds": 700]],
              ["downwardAPI": ["items": [["fieldRef": ["fieldPath": "f", "apiVersion": "v1"]]]]],
            ], "defaultMode": 420,
          ],
        ]
      ),
    ] as [(JSON, JSON)])
  func volumes(given: JSON, filled: JSON) {
    #expect(Self.spec(["volumes": [given]])?["volumes"]?[0] == filled)
  }

  @Test(
    "a toleration of its own keeps the usual one away",
    arguments: [
      ([], [true, true]),
      ([["operator": "Exists"]], [false, false]),
      ([["operator": "Exists", "effect": "NoSchedule"]], [true, true]),
      ([["key": "node.kubernetes.io/not-ready", "effect": "NoExecute"]], [false, true]),
      ([["key": "node.kubernetes.io/unreachable"]], [true, false]),
      ([["key": "other", "effect": "NoExecute"]], [true, true]),
    ] as [([JSON], [Bool])])
  func tolerations(own: [JSON], added: [Bool]) {
    let all = Self.spec(["tolerations": .array(own)])?["tolerations"]?.array ?? []
    #expect(Array(all.prefix(own.count)) == own)
    let usual = all.dropFirst(own.count).map { $0["key"]?.string ?? "" }
    let keys = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
    #expect(usual == zip(keys, added).filter(\.1).map(\.0))
  }

  @Test(
    "priorities by class, and what is given stays",
    arguments: [
      ("system-node-critical", 2_000_001_000), ("system-cluster-critical", 2_000_000_000),
      ("other", 0),
    ] as [(String, Int64)])
  func priorities(name: String, priority: Int64) {
    #expect(Self.spec(["priorityClassName": .string(name)])?["priority"]?.integer == priority)
    let own = Self.spec(["priorityClassName": .string(name), "priority": 7])
    #expect(own?["priority"] == 7)
    let kept: JSONObject = [
      "restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "dnsPolicy": "None",
      "schedulerName": "own", "enableServiceLinks": false, "preemptionPolicy": "Never",
    ]
    for (name, value) in kept { #expect(Self.spec(kept)?[name] == value) }
  }

  @Test(
    "the quality of service is that of all containers together",
    arguments: [
      (["limits": ["cpu": "1", "memory": "1"]], "Guaranteed"),
      (["limits": ["cpu": "1", "memory": "1"], "requests": ["cpu": "2"]], "Burstable"),
      (["requests": ["cpu": "1", "memory": "1"]], "Burstable"),
      ([:], "Burstable"), (["limits": ["other": "1"]], "Burstable"),
    ] as [(JSON, String)])
  func quality(resources: JSON, quality: String) {
    let full: JSON = [
      "limits": ["cpu": "1", "memory": "1"], "requests": ["cpu": "1", "memory": "1"],
    ]
    for list in ["containers", "initContainers"] {
      var pod: JSONObject = [
        "spec": [
          list: [["resources": full], ["resources": resources]]
        ]
      ]
      PodDefaults.apply(to: &pod)
      #expect(pod["status"]?["qosClass"]?.string == quality)
    }
    #expect(
      PodQuality.of(["containers": [["resources": ["limits": ["other": "1"]]]]]) == "BestEffort")
  }
}
