package import JSON

/// What objects of the cluster say of themselves.
package enum ObjectState {
  /// Whether a pod or a node has the condition Ready.
  package static func isReady(_ object: JSON) -> Bool {
    (object.at("status", "conditions")?.array ?? []).contains {
      $0["type"] == "Ready" && $0["status"] == "True"
    }
  }

  /// Whether admission gave a pod a way to credentials.
  package static func hasIdentity(_ pod: JSON) -> Bool {
    (pod.at("spec", "volumes")?.array ?? []).contains { $0["name"] == "eks-pod-identity-token" }
  }
}
