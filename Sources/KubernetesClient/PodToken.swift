package import JSON
package import Platform

/// A ServiceAccount's token that is bound to a pod (TokenRequest of authentication.k8s.io/v1).
package struct PodToken: Sendable {
  package let text: String
  /// When it expires, in the cluster's time.
  package let expires: Instant

  /// The token in a TokenRequest's answer.
  package init(answer: JSON) throws(KubernetesError) {
    guard let text = answer.at("status", "token")?.string,
      let expires = answer.at("status", "expirationTimestamp")?.string.flatMap({
        Instant(rfc3339: $0)
      })
    else { throw .unavailable("the answer holds no token") }
    self.text = text
    self.expires = expires
  }

  /// Asks for a token of a pod's ServiceAccount, as the cluster has the pod; without an audience it
  /// is for the cluster itself.
  package static func request(
    for pod: JSON, audience: String?, seconds: JSON = 3600, _ client: KubernetesClient
  ) async throws(KubernetesError) -> PodToken {
    let namespace = pod.at("metadata", "namespace")?.string ?? ""
    let account = pod.at("spec", "serviceAccountName")?.string ?? "default"
    var spec: JSONObject = [
      "expirationSeconds": seconds,
      "boundObjectRef": [
        "kind": "Pod", "apiVersion": "v1", "name": pod.at("metadata", "name") ?? "",
        "uid": pod.at("metadata", "uid") ?? "",
      ],
    ]
    if let audience { spec["audiences"] = [.string(audience)] }
    let answer = try await client.create(
      ObjectPath.core("serviceaccounts", in: namespace, account, "token"),
      [
        "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
        "spec": .object(spec),
      ])
    return try PodToken(answer: answer)
  }
}
