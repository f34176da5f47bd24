/// A cluster that the operator named: who signs its tokens and where the keys are.
package struct Cluster: Sendable {
  package let name: String
  /// The `iss` of its tokens; an identity, not an address.
  package let issuer: String
  /// Where its keys are; nil asks the issuer's discovery document.
  package let jwksURL: String?
  /// The file with the authorities that vouch for that address; read at each fetch.
  package let authorityFile: String?

  /// A cluster of these parts.
  package init(name: String, issuer: String, jwksURL: String? = nil, authorityFile: String? = nil) {
    self.name = name
    self.issuer = issuer
    self.jwksURL = jwksURL
    self.authorityFile = authorityFile
  }
}
