import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// What `kubectl get` shows of each kind.
@Suite struct TableColumnTests {
  private static let now = Instant(seconds: 1_795_500_000)

  /// Metadata of an object that was made five minutes ago.
  private static func named(_ more: JSONObject = [:]) -> JSON {
    var metadata: JSONObject = [
      "name": "x", "creationTimestamp": .string((now - .seconds(300)).rfc3339),
    ]
    for (name, value) in more { metadata[name] = value }
    return .object(metadata)
  }

  /// The cells of an object by their columns; without name and age, which are checked here.
  private static func cells(_ kind: ResourceKind, _ object: JSONObject) -> [String: JSON] {
    var object = object
    object.fill("metadata", named())
    let row = kind.columns.map { ($0.name, $0.cell(.object(object), now)) }
    var cells = Dictionary(uniqueKeysWithValues: row)
    if kind != .events {
      #expect(cells.removeValue(forKey: "Name") == "x")
      #expect(cells.removeValue(forKey: "Age") == "5m")
    }
    return cells
  }

  @Test(
    "nodes",
    arguments: [
      ([:], "Unknown", "<none>"),
      (["status": ["conditions": [["type": "Ready", "status": "True"]]]], "Ready", "<none>"),
      (["status": ["conditions": [["type": "Ready", "status": "False"]]]], "NotReady", "<none>"),
      (["status": ["conditions": [["type": "Ready", "status": "Unknown"]]]], "NotReady", "<none>"),
      (["status": ["conditions": [["type": "Other", "status": "True"]]]], "Unknown", "<none>"),
      (
        [
          "spec": ["unschedulable": true],
          "status": [
            "conditions": [
              ["type": "Other", "status": "False"], ["type": "Ready", "status": "True"],
            ], "nodeInfo": ["kubeletVersion": "v1"],
          ],
        ], "Ready,SchedulingDisabled", "v1"
      ),
      (["spec": ["unschedulable": false]], "Unknown", "<none>"),
    ] as [(JSONObject, String, String)])
  func nodes(node: JSONObject, status: String, version: String) {
    #expect(
      Self.cells(.nodes, node) == [
        "Status": .string(status), "Roles": "<none>", "Version": .string(version),
      ])
  }

  private static let running: JSONObject = [
    "spec": ["containers": [[:], [:], [:]], "nodeName": "l"],
    "status": [
      "phase": "Running", "podIP": "1.2.3.4", "nominatedNodeName": "m",
      "containerStatuses": [
        ["ready": true, "restartCount": 2], ["ready": false, "restartCount": 3], ["ready": true],
      ],
    ],
  ]

  @Test("pods")
  func pods() {
    #expect(
      Self.cells(.pods, Self.running) == [
        "Ready": "2/3", "Status": "Running", "Restarts": "5", "IP": "1.2.3.4", "Node": "l",
        "Nominated Node": "m", "Readiness Gates": "<none>",
      ])
    #expect(
      Self.cells(.pods, [:]) == [
        "Ready": "0/0", "Status": "Unknown", "Restarts": "0", "IP": "<none>", "Node": "<none>",
        "Nominated Node": "<none>", "Readiness Gates": "<none>",
      ])
    var pod = Self.running
    pod.edit("status") { $0["reason"] = "Evicted" }
    #expect(Self.cells(.pods, pod)["Status"] == "Evicted")
    pod["metadata"] = Self.named(["deletionTimestamp": "2026-01-01T00:00:00Z"])
    #expect(Self.cells(.pods, pod)["Status"] == "Terminating")
    let wide = ResourceKind.pods.columns.filter { $0.priority == 1 }.map(\.name)
    #expect(wide == ["IP", "Node", "Nominated Node", "Readiness Gates"])
  }

  @Test("services")
  func services() {
    let spec: JSON = [
      "type": "ClusterIP", "clusterIP": "None",
      "ports": [["port": 80, "protocol": "TCP"], ["port": 53, "protocol": "UDP"], ["port": 443]],
    ]
    #expect(
      Self.cells(.services, ["spec": spec]) == [
        "Type": "ClusterIP", "Cluster-IP": "None", "External-IP": "<none>",
        "Port(s)": "80/TCP,53/UDP,443/TCP",
      ])
    #expect(
      Self.cells(.services, [:]) == [
        "Type": "<none>", "Cluster-IP": "<none>", "External-IP": "<none>", "Port(s)": "<none>",
      ])
  }

  @Test("events")
  func events() {
    let event: JSONObject = [
      "lastTimestamp": .string((Self.now - .seconds(61)).rfc3339), "type": "Warning",
      "reason": "Why", "message": "what",
      "involvedObject": ["kind": "ServiceAccount", "name": "a"],
    ]
    #expect(
      Self.cells(.events, event) == [
        "Last Seen": "61s", "Type": "Warning", "Reason": "Why", "Object": "serviceaccount/a",
        "Message": "what",
      ])
    #expect(Self.cells(.events, [:])["Last Seen"] == "<unknown>")
  }

  @Test(
    "the other kinds",
    arguments: [
      (.namespaces, ["status": ["phase": "Active"]], ["Status": "Active"]),
      (.secrets, ["type": "Opaque", "data": ["a": "", "b": ""]], ["Type": "Opaque", "Data": 2]),
      (.secrets, [:], ["Type": "<none>", "Data": 0]),
      (.configMaps, ["data": ["a": ""], "binaryData": ["b": "", "c": ""]], ["Data": 3]),
      (.serviceAccounts, ["secrets": [["name": "s"]]], ["Secrets": 1]),
      (.leases, ["spec": ["holderIdentity": "h"]], ["Holder": "h"]),
    ] as [(ResourceKind, JSONObject, [String: JSON])])
  func others(kind: ResourceKind, object: JSONObject, cells: [String: JSON]) {
    #expect(Self.cells(kind, object) == cells)
  }

  @Test(
    "ages without a time, and of times to come",
    arguments: [
      (nil, "<unknown>"), ("yesterday", "<unknown>"), ("2026-11-24T06:00:00Z", "0s"),
      ("2026-11-24T06:00:01Z", "0s"), ("2026-11-24T06:00:02Z", "<invalid>"),
    ] as [(String?, String)])
  func ages(time: String?, text: String) {
    #expect(Self.now.rfc3339 == "2026-11-24T06:00:00Z")
    #expect(HumanAge.text(since: time, now: Self.now) == text)
  }
}
