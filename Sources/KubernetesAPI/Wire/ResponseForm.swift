import HTTP

/// The form in which a client wants objects, by its Accept field.
enum ResponseForm: Sendable, Hashable {
  case object
  /// `as=Table`, with the version of meta.k8s.io.
  case table(version: String)
  /// `as=PartialObjectMetadata` or its list.
  case metadata(version: String)

  /// Chooses the first form that is there; answers are JSON, whatever else would be taken.
  init(_ request: HTTPRequest) throws(StatusError) {
    let fields = request.headers.all("Accept")
    guard !fields.isEmpty else {
      self = .object
      return
    }
    for field in fields {
      for item in field.split(separator: ",") {
        let parts = item.split(separator: ";").map { $0.drop { $0 == " " } }
        guard let type = parts.first.map({ $0.filter { $0 != " " } }),
          ["application/json", "*/*", "application/*"].contains(type)
        else { continue }
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
          guard let cut = part.firstIndex(of: "=") else { continue }
          parameters[String(part[..<cut])] = String(part[part.index(after: cut)...])
        }
        let version = parameters["v"] ?? "v1"
        switch parameters["as"] {
        case nil:
          self = .object
          return
        case "Table" where ["v1", "v1beta1"].contains(version):
          self = .table(version: version)
          return
        case "PartialObjectMetadata", "PartialObjectMetadataList":
          self = .metadata(version: version)
          return
        default: continue
        }
      }
    }
    throw .notAcceptable
  }
}
