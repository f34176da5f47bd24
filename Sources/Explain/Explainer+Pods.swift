import AdminAPI
import CommandCore
package import JSON
import Kubelet
import KubernetesClient
import PodIdentity

/// New pods, and those that run.
extension Explainer {
  /// What a new pod of the account would be.
  func dryRunPod() async throws(KubernetesError) -> JSON {
    try await kubernetes.create(
      ObjectPath.core("pods", in: account.namespace) + "?dryRun=All",
      probe(Self.probePrefix + "dry"))
  }

  /// What the names of the walk's own pods begin with.
  static let probePrefix = "podid-explain-"

  /// A pod of the account that does nothing.
  package func probe(_ name: String) -> JSON {
    [
      "apiVersion": "v1", "kind": "Pod",
      "metadata": [
        "name": .string(name), "namespace": .string(account.namespace),
        "labels": ["app.kubernetes.io/managed-by": "podid"],
        "annotations": [
          PodWorker.originAnnotation: .string(
            StackMark(adminToken: stack.adminToken).proof(of: "\(account.namespace)/\(name)"))
        ],
      ],
      "spec": [
        "serviceAccountName": .string(account.name), "restartPolicy": "Never",
        "containers": [["name": "app", "image": "podid.local/process"]],
      ],
    ]
  }

  /// Stops where a new pod would get no token.
  mutating func mutation(_ object: JSON) async throws(ExplainStop) {
    let pod: JSON
    do throws(KubernetesError) { pod = try await dryRunPod() } catch {
      throw ExplainStop("pod mutation", error)
    }
    guard ObjectState.hasIdentity(pod) else {
      let admin = admins.server(.kubernetesAPI)
      let event = (try? await admin?.events())?.last {
        $0["operation"]?.string?.bytes == EventOperation.podIdentityMutation.bytes
      }
      var reason = event?["reason"]?.string ?? "nobody says why"
      if event?["outcome"]?.string?.bytes == EventOutcome.skipped.bytes {
        reason +=
          "; EKS has one for cluster \(stack.cluster): kubernetes-api runs with another "
          + "--cluster-name, or asks another EKS (--aws-endpoint)"
      }
      throw ExplainStop(
        "pod mutation", "a new pod is not given the token's volume: \(reason)",
        mend: stack.restart(.kubernetesAPI))
    }
    good("pod mutation", "a new pod gets the token's volume and AWS_CONTAINER_* variables")
  }

  /// Stops where the pod that is asked for cannot use its identity; warns of others that cannot.
  mutating func pods() async throws(ExplainStop) {
    let collection = ObjectPath.core("pods", in: account.namespace)
    let list: [JSON]
    do throws(KubernetesError) {
      list = try await kubernetes.get(collection)["items"]?.array ?? []
    } catch { throw ExplainStop("pod", error) }
    let own = list.filter {
      $0.at("spec", "serviceAccountName")?.string?.bytes == account.name.bytes
    }
    guard let podName else {
      for pod in own.prefix(20) {
        guard let found = await PodInspection(pod, explainer: self).finding() else { continue }
        warn("pod", found.text, mend: found.mend)
      }
      return
    }
    guard
      let pod = list.first(where: { $0.at("metadata", "name")?.string?.bytes == podName.bytes })
    else {
      let names = own.compactMap { $0.at("metadata", "name")?.string }
      let near = Spelling.nearest(podName, among: names) ?? (names.count == 1 ? names[0] : nil)
      let others = names.isEmpty ? "none" : names.joined(separator: ", ")
      throw ExplainStop(
        "pod",
        "there is no pod \(account.namespace)/\(podName); pods of \(account.text): \(others)",
        mend: near.map { .explain(account.text, pod: $0) } ?? .explain(account.text))
    }
    let owner = pod.at("spec", "serviceAccountName")?.string ?? ""
    guard owner.bytes == account.name.bytes else {
      throw ExplainStop(
        "pod",
        "\(podName) runs as ServiceAccount \(account.namespace)/\(owner), not \(account.text)",
        mend: .explain("\(account.namespace)/\(owner)", pod: podName))
    }
    if let found = await PodInspection(pod, explainer: self).finding() {
      throw ExplainStop("pod", found.text, mend: found.mend)
    }
    if let found = PodInspection(pod, explainer: self).misleading() {
      warn("pod", found.text, mend: found.mend)
    }
    good("pod", "\(podName) has the token's volume, and nothing in its environment hides it")
  }
}
