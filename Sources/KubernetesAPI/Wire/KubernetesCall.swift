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
      serviceAccount: path.kind == .serviceAccounts && !path.name.isEmpty ? path.name : nil,
      pod: path.kind == .pods && !path.name.isEmpty ? path.name : nil)
  }

  /// Whether everything happens but the change.
  func isDryRun(_ options: String, body: JSONObject = [:]) throws(StatusError) -> Bool {
    let values = query.all("dryRun") + (body["dryRun"]?.strings ?? [])
    if let bad = values.first(where: { $0 != "All" && !$0.isEmpty }) {
      throw .invalid(
        kind: options, group: "meta.k8s.io", name: "", .unsupported("dryRun", bad, ["All"]))
    }
    return values.contains("All")
  }

  /// What a list, watch or deletion of many is about.
  func filter() throws(StatusError) -> ObjectFilter {
    var labels: LabelSelector?
    var fields: FieldSelector?
    if let text = query["labelSelector"], !text.isEmpty { labels = try LabelSelector(text) }
    if let text = query["fieldSelector"], !text.isEmpty {
      fields = try FieldSelector(text, for: kind)
    }
    return ObjectFilter(namespace: path.namespace, labels: labels, fields: fields)
  }

  /// The object without what its kind does not have, which `fieldValidation` refuses or warns of.
  func decode(
    _ given: JSONObject
  ) throws(StatusError) -> (object: JSONObject, warnings: [String]) {
    let decoded = try ObjectDecoder.decode(given, kind: kind.kind)
    return (decoded.object, try warnings(of: decoded.unknown))
  }

  private func warnings(of unknown: [String]) throws(StatusError) -> [String] {
    let mode = query["fieldValidation"] ?? "Warn"
    guard mode != "Ignore", !mode.isEmpty else { return [] }
    guard ["Strict", "Warn"].contains(mode) else {
      throw .invalid(
        kind: "CreateOptions", group: "meta.k8s.io", name: "",
        .unsupported("fieldValidation", mode, ["", "Ignore", "Strict", "Warn"]))
    }
    guard !unknown.isEmpty else { return [] }
    let texts = unknown.map { "unknown field \"\($0)\"" }
    guard mode == "Strict" else { return texts }
    throw .badRequest(
      "\(kind.kind) in version \"v1\" cannot be handled as a \(kind.kind): strict decoding error: "
        + texts.joined(separator: ", "))
  }

  /// An answer of one object in the form that was asked for.
  func answer(
    _ status: Int, _ object: StoredObject, warnings: [String] = []
  ) throws(StatusError) -> HTTPResponse {
    var response: HTTPResponse
    switch try ResponseForm(request) {
    case .object: response = Self.json(status, object.bytes)
    case .table(let version):
      let table = ObjectTable(kind: kind, version: version, now: cluster.clock.now)
      response = Self.json(
        status,
        table.json([object], includes: query["includeObject"], revision: object.revision).bytes())
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

extension HTTPResponse {
  /// Adds texts that clients show to people (RFC 7234 section 5.5, as Kubernetes uses it).
  mutating func warn(of warnings: [String]) {
    for warning in warnings { headers.append("Warning", "299 - \(JSON.string(warning).text())") }
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
