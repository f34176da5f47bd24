import HTTP
import JSON

/// The form in which a client wants objects, by its Accept field.
enum ResponseForm: Sendable {
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
      for item in field.bytes.split(separator: ",") {
        let parts = item.bytes.split(separator: ";").map { Substring($0.utf8.drop { $0 == 0x20 }) }
        guard let type = parts.first.map({ $0.bytes.without(" ") }),
          ["application/json", "*/*", "application/*"].contains(type)
        else { continue }
        var parameters: [ByteText: String] = [:]
        for part in parts.dropFirst() {
          guard case (let name, let value?) = part.bytes.cut(at: "=") else { continue }
          parameters[name.bytes] = String(value)
        }
        let version = parameters["v"] ?? "v1"
        switch parameters["as"]?.bytes {
        case nil:
          self = .object
          return
        case "Table" where ["v1", "v1beta1"].contains(version.bytes):
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
