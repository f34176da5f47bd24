import HTTP
import JSON
import Platform

/// `GET /api/v1/.../RESOURCE`: the objects, all or a page of them.
enum ListObjects {
  /// The list, in the form that was asked for.
  static func respond(to call: KubernetesCall) throws(StatusError) -> HTTPResponse {
    let filter = try call.filter()
    if call.query["sendInitialEvents"] != nil {
      throw listOptions(
        .forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
    }
    try checkRevision(call)
    let token = try ContinueToken(call.query["continue"] ?? "")
    if token != nil, let revision = call.query["resourceVersion"], !revision.isEmpty,
      revision != "0"
    {
      throw .badRequest("specifying resource version is not allowed when using continue")
    }
    var limit = 0
    if let text = call.query["limit"], !text.isEmpty {
      guard let value = Int(text), value >= 0 else {
        throw .badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
      }
      limit = value
    }
    let (all, now) = call.cluster.store.list(
      call.kind.resource, namespace: call.path.namespace, from: token?.start)
    let revision = token?.revision ?? now
    let found = filter.isSelective ? all.filter(filter.matches) : all
    var page = found[...]
    var rest = JSONObject()
    if limit > 0, found.count > limit {
      page = found[..<limit]
      rest["continue"] = .string(ContinueToken(revision: revision, start: found[limit].key).text)
      if !filter.isSelective {
        rest["remainingItemCount"] = .integer(Int64(found.count - limit))
      }
    }
    return try answer(call, Array(page), revision: revision, rest: rest)
  }

  private static func answer(
    _ call: KubernetesCall, _ objects: [StoredObject], revision: Int64, rest: JSONObject
  ) throws(StatusError) -> HTTPResponse {
    switch try ResponseForm(call.request) {
    case .object:
      return KubernetesCall.json(
        200, bytes(objects, kind: call.kind, revision: revision, rest: rest))
    case .table(let version):
      let table = ObjectTable(kind: call.kind, version: version, now: call.cluster.clock.now)
      return KubernetesCall.json(
        200,
        table.json(
          objects, includes: call.query["includeObject"], revision: revision, rest: rest
        ).bytes())
    case .metadata(let version):
      var metadata: JSONObject = ["resourceVersion": .string("\(revision)")]
      for (name, value) in rest { metadata[name] = value }
      let list: JSON = [
        "kind": "PartialObjectMetadataList", "apiVersion": .string("meta.k8s.io/\(version)"),
        "metadata": .object(metadata),
        "items": .array(objects.map { PartialMetadata.json($0, version: version) }),
      ]
      return KubernetesCall.json(200, list.bytes())
    }
  }

  /// A list; its items are rendered already.
  static func bytes(
    _ objects: [StoredObject], kind: ResourceKind, revision: Int64, rest: JSONObject = [:]
  ) -> [UInt8] {
    var metadata: JSONObject = ["resourceVersion": .string("\(revision)")]
    for (name, value) in rest { metadata[name] = value }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(objects.reduce(256) { $0 + $1.itemBytes.count + 1 })
    bytes += "{\"kind\":\"\(kind.kind)List\",\"apiVersion\":\"v1\",\"metadata\":".utf8
    bytes += JSON.object(metadata).bytes()
    bytes += ",\"items\":[".utf8
    for (index, object) in objects.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += object.itemBytes
    }
    bytes += "]}".utf8
    return bytes
  }

  /// Refuses revisions that are none, or that are not reached yet.
  private static func checkRevision(_ call: KubernetesCall) throws(StatusError) {
    let text = call.query["resourceVersion"] ?? ""
    let match = call.query["resourceVersionMatch"] ?? ""
    guard !text.isEmpty else {
      guard match.isEmpty else {
        throw listOptions(
          .forbidden(
            "resourceVersionMatch",
            "resourceVersionMatch is forbidden unless resourceVersion is provided"))
      }
      return
    }
    guard let revision = Int64(text), revision >= 0 else {
      throw listOptions(
        .invalidValue("resourceVersion", "\"\(text)\"", "resource version must be a number"))
    }
    let now = call.cluster.store.revision
    if match == "Exact", revision != now {
      throw .expired("The resourceVersion for the provided list is too old.")
    }
    guard revision <= now else {
      throw StatusError(
        504, "Timeout", "Timeout: Too large resource version: \(revision), current: \(now)",
        details: [
          "causes": [
            [
              "reason": "ResourceVersionTooLarge", "message": "Too large resource version",
            ]
          ], "retryAfterSeconds": 1,
        ])
    }
  }

  /// The refusal of list options.
  static func listOptions(_ cause: StatusError.Cause) -> StatusError {
    .invalid(kind: "ListOptions", group: "meta.k8s.io", name: "", cause)
  }
}

/// Where the next page of a list begins, as clients hand it back.
struct ContinueToken: Sendable {
  let revision: Int64
  let start: ObjectPlace

  init(revision: Int64, start: ObjectPlace) {
    self.revision = revision
    self.start = start
  }

  /// Reads a token; nil for an empty text.
  init?(_ text: String) throws(StatusError) {
    guard !text.isEmpty else { return nil }
    guard let bytes = Base64.decodeURL(text), let json = try? JSON.parse(bytes),
      let revision = json["rv"]?.integer,
      let parts = json["start"]?.string?.split(
        separator: "\u{0}", omittingEmptySubsequences: false), parts.count == 2
    else { throw .badRequest("continue key is not valid: illegal base64 data or content") }
    self.revision = revision
    start = ObjectPlace(namespace: String(parts[0]), name: String(parts[1]))
  }

  /// The token.
  var text: String {
    let json: JSON = [
      "v": "meta.k8s.io/v1", "rv": .integer(revision),
      "start": .string("\(start.namespace)\u{0}\(start.name)"),
    ]
    return Base64.encodeURL(json.bytes())
  }
}
