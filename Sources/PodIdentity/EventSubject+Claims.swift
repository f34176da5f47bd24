package import JSON
package import Platform

extension EventSubject {
  /// Whom the claims of a ServiceAccount's token name, whether they are believed or not.
  package init(claims: JSON) {
    let names = claims["kubernetes.io"]
    self.init(
      namespace: names?["namespace"]?.string,
      serviceAccount: names?.at("serviceaccount", "name")?.string,
      pod: names?.at("pod", "name")?.string)
  }
}
