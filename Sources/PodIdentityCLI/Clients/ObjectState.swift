import JSON

/// What objects of the cluster say of themselves.
enum ObjectState {
  /// Whether a pod or a node has the condition Ready.
  static func isReady(_ object: JSON) -> Bool {
    (object.at("status", "conditions")?.array ?? []).contains {
      $0["type"] == "Ready" && $0["status"] == "True"
    }
  }

  /// Whether admission gave a pod a way to credentials.
  static func hasIdentity(_ pod: JSON) -> Bool {
    (pod.at("spec", "volumes")?.array ?? []).contains { $0["name"] == "eks-pod-identity-token" }
  }
}
