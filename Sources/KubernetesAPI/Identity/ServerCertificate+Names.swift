import AdminAPI

extension ServerCertificate {
  /// The names that clients inside and outside a cluster know the API server by.
  static let standardNames = [
    "localhost", "127.0.0.1", "::1", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
  ]
}
