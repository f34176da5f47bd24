import JSON
import Kubelet
import Platform

/// The node as the cluster shows it.
enum NodeObject {
  /// A node to be registered.
  static func new(name: String, offset: Duration) -> JSON {
    [
      "kind": "Node", "apiVersion": "v1",
      "metadata": [
        "name": .string(name),
        "annotations": NodeClock.patch(offset).at("metadata", "annotations") ?? [:],
        "labels": [
          "kubernetes.io/hostname": .string(name), "kubernetes.io/os": "linux",
          "kubernetes.io/arch": "amd64",
        ],
      ],
    ]
  }

  /// Its status: Ready.
  static func status(now: Instant) -> JSON {
    let time = JSON.string(now.wholeSeconds.rfc3339)
    return [
      "status": [
        "capacity": ["cpu": "2", "memory": "4Gi", "pods": "2000"],
        "allocatable": ["cpu": "2", "memory": "4Gi", "pods": "2000"],
        "conditions": [
          [
            "type": "Ready", "status": "True", "lastHeartbeatTime": time,
            "lastTransitionTime": time, "reason": "KubeletReady",
            "message": "node-agent is posting ready status",
          ]
        ],
        "addresses": [["type": "InternalIP", "address": "127.0.0.1"]],
        "nodeInfo": [
          "machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "",
          "osImage": "node-agent", "containerRuntimeVersion": "none://0",
          "kubeletVersion": .string("v\(Version.current)"), "kubeProxyVersion": "",
          "operatingSystem": "linux", "architecture": "amd64",
        ],
      ]
    ]
  }
}
