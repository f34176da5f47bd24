package import Platform

/// A cluster that the operator named: who signs its tokens and where the keys are.
package struct Cluster: Sendable, Hashable {
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

  /// Reads the values of `--cluster`: `NAME=ISSUER[,jwks=URL][,ca=FILE]`.
  ///
  /// The variable separates its values by commas as well, so `jwks=` and `ca=` may come as values
  /// of their own; they belong to the cluster before them.
  package static func all(from values: [String]) throws(UsageError) -> [Cluster] {
    var clusters: [Cluster] = []
    for part in values.flatMap({ $0.split(separator: ",") }) {
      guard let equals = part.firstIndex(of: "="), equals != part.startIndex else {
        throw UsageError("aws-api: --cluster must be NAME=ISSUER[,jwks=URL][,ca=FILE]")
      }
      let name = String(part[..<equals])
      let value = String(part[part.index(after: equals)...])
      switch (name, clusters.last) {
      case ("jwks", let last?):
        try requireURL(value, of: "jwks")
        clusters[clusters.count - 1] = Cluster(
          name: last.name, issuer: last.issuer, jwksURL: value, authorityFile: last.authorityFile)
      case ("ca", let last?):
        clusters[clusters.count - 1] = Cluster(
          name: last.name, issuer: last.issuer, jwksURL: last.jwksURL, authorityFile: value)
      default:
        try requireURL(value, of: "the issuer")
        guard isName(name) else {
          throw UsageError(
            "aws-api: --cluster: \"\(name)\" is no cluster name (a letter or digit, then letters, "
              + "digits, - and _, at most 100)")
        }
        guard !clusters.contains(where: { $0.name == name }) else {
          throw UsageError("aws-api: --cluster \(name) is given twice")
        }
        clusters.append(Cluster(name: name, issuer: value))
      }
    }
    return clusters
  }

  private static func requireURL(_ text: String, of what: String) throws(UsageError) {
    guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
      throw UsageError("aws-api: --cluster: \(what) must be an http or https URL, not \"\(text)\"")
    }
  }

  /// Whether a text may be a cluster's name: `[0-9A-Za-z][A-Za-z0-9\-_]*`, at most 100.
  package static func isName(_ text: String) -> Bool {
    guard 1...100 ~= text.utf8.count, let first = text.utf8.first, isAlphanumeric(first) else {
      return false
    }
    return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
  }
}
