import HTTP
import JSON
import Platform

/// `GET .../RESOURCE`: the objects, all or a page of them.
enum ListObjects {
  /// The list, in the form that was asked for.
  static func respond(to call: KubernetesCall) throws(StatusError) -> HTTPResponse {
    let options = try ListOptions(call.query, kind: call.kind)
    try options.checkForList()
    let page = try page(of: call, options)
    return try answer(call, page.objects, revision: page.revision, rest: page.rest)
  }

  /// The objects of a page, its revision, and what the list's metadata says of the rest.
  static func page(
    of call: KubernetesCall, _ options: ListOptions
  ) throws(StatusError) -> (objects: [StoredObject], revision: Int64, rest: JSONObject) {
    let token = try ContinueToken(options.continuation)
    try checkRevision(call, options, isContinued: token != nil)
    let filter = call.filter(options)
    let (all, now) = call.cluster.store.list(
      call.kind, namespace: call.path.namespace, from: token?.start)
    let revision = token?.revision ?? now
    let found = filter.isSelective ? all.filter(filter.matches) : all
    // Whatever is at hand is asked for, and that is not paged (apiserver `pkg/storage/cacher`).
    let isCached = options.resourceVersion.bytes == "0" && token == nil
    guard options.limit > 0, Int64(found.count) > options.limit, !isCached else {
      return (found, revision, [:])
    }
    let limit = Int(options.limit)
    var rest: JSONObject = [
      "continue": .string(ContinueToken(revision: revision, start: found[limit].key).text)
    ]
    if !filter.isSelective { rest["remainingItemCount"] = .integer(Int64(found.count - limit)) }
    return (Array(found[..<limit]), revision, rest)
  }

  private static func answer(
    _ call: KubernetesCall, _ objects: [StoredObject], revision: Int64, rest: JSONObject
  ) throws(StatusError) -> HTTPResponse {
    let form = try ResponseForm(call.request)
    switch form {
    case .object:
      return KubernetesCall.json(
        200, bytes(objects, kind: call.kind, revision: revision, rest: rest))
    case .table(let version):
      let table = ObjectTable(kind: call.kind, version: version, now: call.cluster.clock.now)
      return KubernetesCall.json(
        200,
        table.json(
          objects, includes: try call.includedObject(form), revision: revision, rest: rest
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
    bytes +=
      "{\"kind\":\"\(kind.kind)List\",\"apiVersion\":\"\(kind.apiVersion)\",\"metadata\":".utf8
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
  private static func checkRevision(
    _ call: KubernetesCall, _ options: ListOptions, isContinued: Bool
  ) throws(StatusError) {
    let text = options.resourceVersion
    guard !text.isEmpty, text.bytes != "0" else { return }
    guard !isContinued else {
      throw .badRequest("specifying resource version is not allowed when using continue")
    }
    let revision: UInt64
    do throws(ResourceVersionFailure) { revision = try ResourceVersion.parse(text) } catch {
      throw .badRequest("invalid resource version: \(error)")
    }
    let now = call.cluster.store.revision
    if options.resourceVersionMatch.bytes == "Exact", revision != now {
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
      let parts = json["start"]?.string?.bytes.split(
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
