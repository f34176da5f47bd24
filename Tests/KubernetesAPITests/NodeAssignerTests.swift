import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// Which node pods get, and when.
@Suite(.timeLimit(.minutes(10))) struct NodeAssignerTests {
  private let objects = ObjectTable()
  private let clock = ManualClock()

  private func node(_ name: String, _ spec: JSON = [:], _ metadata: JSON = [:]) {
    objects.put(.nodes, "", name, ["metadata": metadata, "spec": spec])
  }

  private static let gone: JSON = ["deletionTimestamp": "2026-01-01T00:00:00Z"]

  @Test("the first willing node by name is chosen, and what keeps pods waiting is told")
  func choice() async {
    #expect(
      await NodeAssigner.choice(in: objects).reason == "no nodes available to schedule pods")
    node("z", ["unschedulable": true])
    node("gone", [:], Self.gone)
    #expect(
      await NodeAssigner.choice(in: objects).reason
        == "0/1 nodes are available: 1 node(s) were unschedulable.")
    node("y", ["unschedulable": false])
    node("x")
    node("a", ["unschedulable": true])
    let choice = await NodeAssigner.choice(in: objects)
    #expect(choice.reason == nil)
    guard case .node("x") = choice else {
      Issue.record("\(choice)")
      return
    }
  }

  /// The nodes of these pods once a node has come, which is told of by the last of them.
  private func assigned(refusals: Int = 0) async -> [String?] {
    objects.put(.pods, "n", "waiting", ["spec": ["nodeName": ""]])
    objects.put(.pods, "n", "elsewhere", ["spec": ["nodeName": "other"]])
    objects.put(.pods, "n", "going", ["metadata": Self.gone, "spec": [:]])
    objects.refuse(updates: refusals)
    let assigner = NodeAssigner(objects: objects, clock: clock, log: .none)
    node("l")
    var changes = await objects.changes(of: .pods).makeAsyncIterator()
    let task = Task { await assigner.run() }
    while case .set(let pod)? = await changes.next() {
      if pod.objectName == "waiting", pod.at("spec", "nodeName") == "l" { break }
    }
    task.cancel()
    await task.value
    var nodes: [String?] = []
    for name in ["waiting", "elsewhere", "going"] {
      let pod = await objects.object(.pods, namespace: "n", name: name)
      nodes.append(pod?.at("spec", "nodeName")?.string)
    }
    return nodes
  }

  @Test("waiting pods get the node that comes, others keep theirs")
  func assigns() async {
    #expect(await assigned() == ["l", "other", nil])
    #expect(objects.writes == ["update pods n/waiting"])
    let pod = await objects.object(.pods, namespace: "n", name: "waiting")
    let condition = pod?.at("status", "conditions")?[0]
    #expect(condition?["type"] == "PodScheduled" && condition?["status"] == "True")
    #expect(condition?["reason"] == nil)
    #expect(condition?["lastTransitionTime"]?.string == clock.now.rfc3339)
  }

  @Test("it is tried again where somebody else was quicker")
  func conflicts() async {
    #expect(await assigned(refusals: 4) == ["l", "other", nil])
    #expect(objects.writes.count == 5)
  }

  @Test("a pod that names its node passes the scheduler by, and the rest of its status stays")
  func named() {
    var pod: JSONObject = [
      "spec": ["nodeName": "own"],
      "status": [
        "phase": "Pending",
        "conditions": [["type": "PodScheduled", "status": "False"], ["type": "Other"]],
      ],
    ]
    NodeAssignment.assign(&pod, to: .noneRegistered, now: clock.now)
    #expect(pod["spec"]?["nodeName"] == "own")
    #expect(pod["status"]?["phase"] == "Pending")
    let conditions = pod["status"]?["conditions"]?.array ?? []
    #expect(conditions.map { $0["type"]?.string } == ["Other", "PodScheduled"])
    #expect(conditions.last?["status"] == "True")
  }

  @Test("a pod that waits says why")
  func waits() {
    var pod: JSONObject = ["spec": [:]]
    NodeAssignment.assign(&pod, to: .allCordoned(2), now: clock.now)
    let condition = pod["status"]?["conditions"]?[0]
    #expect(pod["spec"]?["nodeName"] == nil)
    #expect(condition?["status"] == "False" && condition?["reason"] == "Unschedulable")
    #expect(
      condition?["message"]?.string
        == "0/2 nodes are available: 2 node(s) were unschedulable.")
  }
}
