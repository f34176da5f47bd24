import JSON

/// Labels of nodes that are the cluster's, not the node's own.
enum NodeLabels {
  private static let own: Set<ByteText> = [
    "kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch",
    "beta.kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/instance-type",
    "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
  ]

  /// Those of the names that a node may not set or change, in byte order.
  static func restricted(in names: [String]) -> [String] {
    names.filter(isRestricted).sorted { $0.bytes < $1.bytes }
  }

  private static func isRestricted(_ label: String) -> Bool {
    guard case (let domain, .some) = label.bytes.cut(at: "/") else { return false }
    func lies(in parent: String) -> Bool {
      domain.bytes == parent.bytes || domain.bytes.hasSuffix(".\(parent)".bytes)
    }
    if lies(in: "node-restriction.kubernetes.io") { return true }
    guard lies(in: "kubernetes.io") || lies(in: "k8s.io") else { return false }
    return !own.contains(label.bytes) && !lies(in: "kubelet.kubernetes.io")
      && !lies(in: "node.kubernetes.io")
  }
}
