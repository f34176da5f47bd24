import HTTP
import JSON
import Platform

/// A request about stored objects, its user known and allowed to make it.
struct KubernetesCall: Sendable {
  let cluster: Cluster
  let user: KubernetesUser
  let request: HTTPRequest
  let path: ResourcePath
  let kind: ResourceKind
  let query: QueryParameters

  /// Whom the request is about, as far as the path says it.
  var subject: EventSubject {
    EventSubject(
      namespace: path.namespace.isEmpty ? nil : path.namespace,
      serviceAccount: kind == .serviceAccounts && !path.name.isEmpty ? path.name : nil,
      pod: kind == .pods && !path.name.isEmpty ? path.name : nil)
  }

  /// What a list, watch or deletion of many is about.
  func filter(_ options: ListOptions) -> ObjectFilter {
    ObjectFilter(
      namespace: path.namespace, labels: options.labelSelector, fields: options.fieldSelector)
  }

  /// The object without what its kind does not have, which the options' `fieldValidation` refuses or
  /// warns of.
  func decode(
    _ given: JSONObject, _ options: WriteOptions
  ) throws(StatusError) -> (object: JSONObject, warnings: [String]) {
    let decoded = try ObjectDecoder.decode(given, as: kind)
    return (decoded.object, try warnings(of: decoded.unknown, options.fieldValidation))
  }

  private func warnings(
    of unknown: [String], _ validation: String
  ) throws(StatusError) -> [String] {
    guard validation.bytes != "Ignore", !unknown.isEmpty else { return [] }
    let texts = unknown.map { "unknown field \"\($0)\"" }
    guard validation.bytes == "Strict" else { return texts }
    throw .badRequest(
      "\(kind.kind) in version \"\(kind.version)\" cannot be handled as a \(kind.kind): strict decoding error: "
        + texts.joined(separator: ", "))
  }

  /// What a table shows of each object: `Metadata`, `Object`, `None`, or nothing for the first.
  func includedObject(_ form: ResponseForm) throws(StatusError) -> String? {
    guard case .table = form, let text = query["includeObject"], !text.isEmpty else { return nil }
    guard ["Metadata", "Object", "None"].contains(text.bytes) else {
      throw .badRequest(
        "Unable to convert to Table as requested: includeObject: Invalid value: "
          + "\(GoText.quoted(text)): must be 'Metadata', 'Object', 'None', or empty")
    }
    return text
  }

  /// An answer of one object in the form that was asked for.
  func answer(
    _ status: Int, _ object: StoredObject, warnings: [String] = []
  ) throws(StatusError) -> HTTPResponse {
    var response: HTTPResponse
    let form = try ResponseForm(request)
    switch form {
    case .object: response = Self.json(status, object.bytes)
    case .table(let version):
      let table = ObjectTable(kind: kind, version: version, now: cluster.clock.now)
      response = Self.json(
        status,
        table.json([object], includes: try includedObject(form), revision: object.revision).bytes())
    case .metadata(let version):
      response = Self.json(status, PartialMetadata.json(object, version: version).bytes())
    }
    response.warn(of: warnings)
    return response
  }

  /// An answer of JSON with the fields that all answers have.
  static func json(_ status: Int, _ bytes: [UInt8]) -> HTTPResponse {
    HTTPResponse(
      status: status,
      headers: ["Content-Type": "application/json", "Cache-Control": "no-cache, private"],
      body: .bytes(bytes + [0x0A]))
  }
}

/// An object's metadata alone.
enum PartialMetadata {
  /// The object.
  static func json(_ object: StoredObject, version: String) -> JSON {
    [
      "kind": "PartialObjectMetadata", "apiVersion": .string("meta.k8s.io/\(version)"),
      "metadata": object.json["metadata"] ?? [:],
    ]
  }
}
