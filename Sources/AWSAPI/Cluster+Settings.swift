import AWSDoor
import HTTP
import JSON
import Platform
import PodIdentity

/// How clusters are written: `NAME=ISSUER[,jwks=URL][,ca=FILE]`.
extension Cluster {
  /// The values of `--cluster`.
  static let form = SettingForm("NAME=ISSUER[,jwks=URL][,ca=FILE]") { values in
    do throws(Malformed) { _ = try all(from: values) } catch { return error.objection }
    return nil
  }

  /// Why a text names no cluster.
  private struct Malformed: Error { let objection: String }

  /// The clusters that aws-api was told of.
  static func all(in settings: Settings) throws(UsageError) -> [Cluster] {
    let values = settings.strings("cluster")
    return try settings.required("cluster") { _ in try? all(from: values) }
  }

  /// Reads values of `--cluster`.
  ///
  /// The variable separates its values by commas as well, so `jwks=` and `ca=` may come as values
  /// of their own; they belong to the cluster before them.
  private static func all(from values: [String]) throws(Malformed) -> [Cluster] {
    var clusters: [Cluster] = []
    var names: Set<ByteText> = []
    for part in values.flatMap({ $0.bytes.split(separator: ",") }) {
      guard case (let given, let text?) = part.bytes.cut(at: "="), !given.isEmpty else {
        throw Malformed(objection: "must be \(form.placeholder), not \"\(part)\"")
      }
      let (name, value) = (String(given), String(text))
      switch (name.bytes, clusters.last) {
      case ("jwks", let last?):
        try requireURL(value, of: "jwks")
        clusters[clusters.count - 1] = Cluster(
          name: last.name, issuer: last.issuer, jwksURL: value, authorityFile: last.authorityFile)
      case ("ca", let last?):
        clusters[clusters.count - 1] = Cluster(
          name: last.name, issuer: last.issuer, jwksURL: last.jwksURL, authorityFile: value)
      default:
        if let objection = SettingForm.clusterName.objection([name]) {
          throw Malformed(objection: objection)
        }
        try requireURL(value, of: "the issuer of \(name)")
        guard names.insert(name.bytes).inserted else {
          throw Malformed(objection: "names \(name) twice")
        }
        clusters.append(Cluster(name: name, issuer: value))
      }
    }
    return clusters
  }

  private static func requireURL(_ text: String, of what: String) throws(Malformed) {
    if let objection = SettingForm.url.objection([text]) {
      throw Malformed(objection: "names what cannot be \(what): it \(objection)")
    }
  }
}
