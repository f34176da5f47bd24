import HTTP
import JSON
import Platform

/// Bodies of requests: JSON, and protobuf for the kinds that clients send so.
enum RequestBody {
  /// The media types that upstream names.
  private static let accepted = [
    "application/json", "application/yaml", "application/vnd.kubernetes.protobuf",
  ]

  /// The media type of a request, without parameters; JSON where it says none.
  static func mediaType(of request: HTTPRequest) -> String {
    let field = request.headers["Content-Type"] ?? ""
    let type = field.bytes.cut(at: ";").0.bytes.without(" ").asciiLowercased
    return type.isEmpty ? "application/json" : type.string
  }

  /// The object of a body that should be of this kind.
  static func object(
    of request: HTTPRequest, kind: ResourceKind
  ) throws(StatusError) -> JSONObject {
    try object(of: request, kind: kind.kind, apiVersion: kind.apiVersion)
  }

  /// The same for what is not stored.
  static func object(
    of request: HTTPRequest, kind: String, apiVersion: String = "v1", or others: [String] = []
  ) throws(StatusError) -> JSONObject {
    let json: JSON
    switch mediaType(of: request).bytes {
    case "application/json":
      do { json = try JSON.parse(request.body) } catch {
        throw unrecognized(request.body, kind: kind, GoJSONText.objection(to: request.body, error))
      }
    case "application/vnd.kubernetes.protobuf":
      do throws(ProtobufFailure) { json = try ProtobufObject.decode(request.body) } catch {
        if case .unknownKind = error { throw .unsupportedMediaType(accepted) }
        throw .badRequest(
          "the object provided is unrecognized (must be of type \(kind)): \(error)")
      }
    // Differs from AWS: bodies in YAML are not read; kubectl and podid make JSON of manifests.
    case "application/yaml":
      throw .unsupportedMediaType(accepted.filter { $0.bytes != "application/yaml" })
    default: throw .unsupportedMediaType(accepted)
    }
    guard let object = json.object else {
      throw unrecognized(
        request.body, kind: kind,
        "json: cannot unmarshal \(GoJSONText.typeName(json)) into Go value of type struct { "
          + #"APIVersion string "json:\"apiVersion,omitempty\""; "#
          + #"Kind string "json:\"kind,omitempty\"" }"#)
    }
    let givenKind = object["kind"]?.string ?? ""
    let givenVersion = object["apiVersion"]?.string ?? ""
    guard givenKind.isEmpty || givenKind.bytes == kind.bytes,
      givenVersion.isEmpty || givenVersion.bytes == apiVersion.bytes
        || others.contains(where: { $0.bytes == givenVersion.bytes })
    else {
      throw mismatch(
        kind: givenKind.isEmpty ? kind : givenKind,
        apiVersion: givenVersion.isEmpty ? apiVersion : givenVersion, wanted: kind,
        group: apiVersion.bytes.contains("/") ? apiVersion : "core")
    }
    return object
  }

  /// The refusal of an object of another kind, known or not.
  private static func mismatch(
    kind: String, apiVersion: String, wanted: String, group: String
  ) -> StatusError {
    let version = apiVersion.bytes.split(separator: "/").last.map(String.init) ?? apiVersion
    let reason: String
    if ResourceKind.of(apiVersion: apiVersion, kind: kind) != nil {
      // Go's package of the internal type is named by the group's first word.
      let package = String(group.bytes.cut(at: ".").0)
      reason = "converting (\(version).\(kind)) to (\(package).\(wanted)): unknown conversion"
    } else {
      reason =
        "no kind \"\(kind)\" is registered for version \"\(apiVersion)\" in scheme "
        + "\"pkg/api/legacyscheme/scheme.go:30\""
    }
    return .badRequest(
      "\(kind) in version \"\(version)\" cannot be handled as a \(wanted): \(reason)")
  }

  /// Delete options, which may be missing; clients write them in the group of the resource, too
  /// (apiserver `pkg/endpoints/handlers/delete.go`).
  static func deleteOptions(of request: HTTPRequest) throws(StatusError) -> JSONObject {
    guard !request.body.isEmpty else { return [:] }
    let kind = "DeleteOptions"
    let versions = ["meta.k8s.io/v1"] + ResourceKind.all.map(\.apiVersion)
    return try ObjectDecoder.decode(
      object(of: request, kind: kind, or: versions), kind: kind
    ).object
  }

  /// The refusal of a body that is not read (apiserver `pkg/endpoints/handlers/rest.go`,
  /// transformDecodeError and summarizeData).
  private static func unrecognized(
    _ body: [UInt8], kind: String, _ reason: String
  ) -> StatusError {
    let parsing = "couldn't get version/kind; json parse error: \(reason)"
    if kind.bytes == "DeleteOptions" { return .badRequest(parsing) }
    return .badRequest(
      "the object provided is unrecognized (must be of type \(kind)): \(parsing) "
        + "(\(GoJSONText.summary(of: body)))")
  }
}
