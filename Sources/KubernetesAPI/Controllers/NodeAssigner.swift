import JSON
import Platform

/// Comes back to pods that were made while no node was registered.
struct NodeAssigner: Sendable {
  let objects: any ClusterObjects
  let clock: any WallClock
  let log: Log

  /// The node for new pods: of those that take pods, the first by name.
  static func choice(in objects: some ClusterObjects) async -> NodeChoice {
    let nodes = await objects.objects(.nodes).filter { !$0.isBeingDeleted }
    let willing = nodes.filter { $0.at("spec", "unschedulable") != true }
    if let name = willing.map(\.objectName.bytes).min()?.string { return .node(name) }
    return nodes.isEmpty ? .noneRegistered : .allCordoned(nodes.count)
  }

  /// Watches nodes until cancelled, and gives waiting pods to one.
  func run() async {
    for await change in await objects.changes(of: .nodes) {
      guard case .set = change, case let choice = await Self.choice(in: objects),
        case .node = choice
      else { continue }
      for pod in await objects.objects(.pods) where Self.isWaiting(pod) {
        await assign(pod, to: choice)
      }
    }
  }

  private static func isWaiting(_ pod: JSON) -> Bool {
    (pod.at("spec", "nodeName")?.string ?? "").isEmpty && !pod.isBeingDeleted
  }

  private func assign(_ pod: JSON, to choice: NodeChoice) async {
    // Somebody may change the pod in between: read again, a few times.
    for _ in 0..<5 {
      guard
        let current = await objects.object(
          .pods, namespace: pod.objectNamespace, name: pod.objectName),
        Self.isWaiting(current), var object = current.object
      else { return }
      NodeAssignment.assign(&object, to: choice, now: clock.now)
      do {
        _ = try await objects.update(.pods, .object(object))
        return
      } catch {
        log.debug(
          "pod not assigned",
          ["pod": .string(current.objectName), "error": .string("\(error)")])
      }
    }
  }
}
