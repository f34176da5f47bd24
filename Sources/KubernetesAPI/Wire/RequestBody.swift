import HTTP
import JSON

/// Bodies of requests: JSON, and protobuf for the kinds that clients send so.
enum RequestBody {
  /// The media types that upstream names.
  private static let accepted = [
    "application/json", "application/yaml", "application/vnd.kubernetes.protobuf",
  ]

  /// The media type of a request, without parameters; JSON where it says none.
  static func mediaType(of request: HTTPRequest) -> String {
    let field = request.headers["Content-Type"] ?? ""
    let type = field.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    return type.isEmpty ? "application/json" : type
  }

  /// The object of a body that should be of this kind.
  static func object(
    of request: HTTPRequest, kind: String, apiVersion: String = "v1"
  ) throws(StatusError) -> JSONObject {
    let json: JSON
    switch mediaType(of: request) {
    case "application/json":
      do { json = try JSON.parse(request.body) } catch {
        throw unrecognized(request.body, kind: kind, error: error)
      }
    case "application/vnd.kubernetes.protobuf":
      do throws(ProtobufFailure) { json = try ProtobufObject.decode(request.body) } catch {
        if case .unknownKind = error { throw .unsupportedMediaType(accepted) }
        throw .badRequest(
          "the object provided is unrecognized (must be of type \(kind)): \(error)")
      }
    // Differs from AWS: bodies in YAML are not read; kubectl and podid make JSON of manifests.
    case "application/yaml":
      throw .unsupportedMediaType(accepted.filter { $0 != "application/yaml" })
    default: throw .unsupportedMediaType(accepted)
    }
    guard let object = json.object else {
      throw .badRequest(
        "the object provided is unrecognized (must be of type \(kind)): couldn't get "
          + "version/kind; json parse error: json: cannot unmarshal \(typeName(json)) into Go value "
          + "of type struct")
    }
    let givenKind = object["kind"]?.string ?? ""
    let givenVersion = object["apiVersion"]?.string ?? ""
    guard givenKind.isEmpty || givenKind == kind, givenVersion.isEmpty || givenVersion == apiVersion
    else {
      throw .badRequest(
        "\(givenKind) in version \"\(givenVersion)\" cannot be handled as a \(kind): no kind "
          + "\"\(givenKind)\" is registered for version \"\(givenVersion)\"")
    }
    return object
  }

  /// Delete options, which may be missing.
  static func deleteOptions(of request: HTTPRequest) throws(StatusError) -> JSONObject {
    guard !request.body.isEmpty else { return [:] }
    let kind = "DeleteOptions"
    return try ObjectDecoder.decode(object(of: request, kind: kind), kind: kind).object
  }

  private static func unrecognized(
    _ body: [UInt8], kind: String, error: any Error
  ) -> StatusError {
    let shown = body.isEmpty ? "<empty>" : String(decoding: body.prefix(256), as: UTF8.self)
    let reason = body.isEmpty ? "unexpected end of JSON input" : GoJSONError.text(for: body, error)
    return .badRequest(
      "the object provided is unrecognized (must be of type \(kind)): couldn't get version/kind; "
        + "json parse error: \(reason) (\(shown))")
  }

  /// What Go calls the types of JSON.
  static func typeName(_ json: JSON) -> String {
    switch json {
    case .array: "array"
    case .string: "string"
    case .integer, .number: "number"
    case .bool: "bool"
    case .null, .object: "object"
    }
  }
}

/// What Go's JSON decoder says where ours objects, for the cases that people meet.
enum GoJSONError {
  /// The text for a body that does not parse.
  static func text(for body: [UInt8], _ error: any Error) -> String {
    let text = body.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    guard let first = text.first else { return "unexpected end of JSON input" }
    if first == UInt8(ascii: "{") {
      let next = text.dropFirst().first { $0 != 0x20 && $0 != 0x0A }
      guard let next else { return "unexpected end of JSON input" }
      if next != UInt8(ascii: "\""), next != UInt8(ascii: "}") {
        let character = Character(UnicodeScalar(next))
        return "invalid character '\(character)' looking for beginning of object key string"
      }
    } else if first != UInt8(ascii: "[") {
      let character = Character(UnicodeScalar(first))
      return "invalid character '\(character)' looking for beginning of value"
    }
    return "\(error)"
  }
}
