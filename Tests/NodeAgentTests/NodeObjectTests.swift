import JSON
import Kubelet
import Platform
import Testing

@testable import NodeAgent

/// The node as it registers itself.
@Suite struct NodeObjectTests {
  @Test("a new node has its labels, and its clock's offset where there is one")
  func new() {
    #expect(
      NodeObject.new(name: "l", offset: .seconds(-5)) == [
        "kind": "Node", "apiVersion": "v1",
        "metadata": [
          "name": "l", "annotations": ["podid.local/clock-offset-seconds": "-5.0"],
          "labels": [
            "kubernetes.io/hostname": "l", "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
          ],
        ],
      ])
    let plain = NodeObject.new(name: "l", offset: .zero).at("metadata", "annotations")
    #expect(plain == [NodeClock.annotation: .null])
  }

  @Test("its status is Ready, of now, with room for its pods")
  func status() {
    let status = NodeObject.status(now: Instant(seconds: 1_800_000_000) + .milliseconds(900))
    let time: JSON = "2027-01-15T08:00:00Z"
    #expect(
      status.at("status", "conditions") == [
        [
          "type": "Ready", "status": "True", "lastHeartbeatTime": time, "lastTransitionTime": time,
          "reason": "KubeletReady", "message": "node-agent is posting ready status",
        ]
      ])
    for list in ["capacity", "allocatable"] {
      #expect(status.at("status", list) == ["cpu": "2", "memory": "4Gi", "pods": "2000"])
    }
    #expect(
      status.at("status", "addresses") == [["type": "InternalIP", "address": "127.0.0.1"]])
    let version = status.at("status", "nodeInfo", "kubeletVersion")?.string
    #expect(version?.hasPrefix("v") == true)
    #expect(status.at("status", "nodeInfo", "operatingSystem") == "linux")
  }
}
