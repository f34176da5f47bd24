package import HTTP
package import JSON

/// A request that failed, as the API's `Status` object says it
/// (kubernetes/apimachinery `pkg/api/errors`).
package struct StatusError: Error, Sendable {
  /// One thing that is wrong with an object.
  struct Cause: Sendable {
    let reason: String
    let message: String
    let field: String

    static func invalidValue(_ field: String, _ value: String, _ rule: String) -> Cause {
      Cause(reason: "FieldValueInvalid", message: "Invalid value: \(value): \(rule)", field: field)
    }
    static func required(_ field: String, _ rule: String = "") -> Cause {
      Cause(
        reason: "FieldValueRequired",
        message: rule.isEmpty ? "Required value" : "Required value: \(rule)", field: field)
    }
    static func forbidden(_ field: String, _ rule: String) -> Cause {
      Cause(reason: "FieldValueForbidden", message: "Forbidden: \(rule)", field: field)
    }
    static func unsupported(_ field: String, _ value: String, _ supported: [String]) -> Cause {
      let list = supported.map { "\"\($0)\"" }.joined(separator: ", ")
      return Cause(
        reason: "FieldValueNotSupported",
        message: "Unsupported value: \"\(value)\": supported values: \(list)", field: field)
    }
    static func tooLong(_ field: String, _ rule: String) -> Cause {
      Cause(reason: "FieldValueTooLong", message: "Too long: \(rule)", field: field)
    }
  }

  package let code: Int
  package let reason: String
  package var message: String
  /// `details`; nil where the object has none.
  let details: JSON?

  init(_ code: Int, _ reason: String, _ message: String, details: JSON? = nil) {
    self.code = code
    self.reason = reason
    self.message = message
    self.details = details
  }

  /// The `Status` object.
  package var json: JSON {
    var object: JSONObject = [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
      "message": .string(message),
    ]
    if !reason.isEmpty { object["reason"] = .string(reason) }
    if let details { object["details"] = details }
    object["code"] = .integer(Int64(code))
    return .object(object)
  }

  /// The answer.
  package var response: HTTPResponse {
    HTTPResponse(
      status: code,
      headers: ["Content-Type": "application/json", "Cache-Control": "no-cache, private"],
      body: .bytes(json.bytes() + [0x0A]))
  }
}

extension StatusError {
  static func notFound(_ kind: ResourceKind, _ name: String) -> StatusError {
    StatusError(
      404, "NotFound", "\(kind.qualifiedName) \"\(name)\" not found",
      details: details(of: name, kind))
  }
  static var unknownResource: StatusError {
    StatusError(
      404, "NotFound", "the server could not find the requested resource", details: [:])
  }
  static func badRequest(_ message: String) -> StatusError {
    StatusError(400, "BadRequest", message)
  }
  static var unauthorized: StatusError { StatusError(401, "Unauthorized", "Unauthorized") }
  static func internalError(_ message: String) -> StatusError {
    StatusError(
      500, "InternalError", "Internal error occurred: \(message)",
      details: ["causes": [["message": .string(message)]]])
  }
  static var methodNotAllowed: StatusError {
    StatusError(
      405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
      details: [:])
  }
  static func forbiddenPath(_ message: String) -> StatusError {
    StatusError(403, "Forbidden", "forbidden: \(message)", details: [:])
  }
  static func forbidden(
    _ kind: ResourceKind, _ name: String, _ message: String
  ) -> StatusError {
    forbidden(resource: kind.name, group: kind.group, name: name, message)
  }
  static func forbidden(
    resource: String, group: String, name: String, _ message: String, causes: Causes = []
  ) -> StatusError {
    let shown = group.isEmpty ? resource : "\(resource).\(group)"
    var details = JSONObject()
    if !name.isEmpty { details["name"] = .string(name) }
    if !group.isEmpty { details["group"] = .string(group) }
    details["kind"] = .string(resource)
    if !causes.isEmpty { details["causes"] = json(causes) }
    return StatusError(
      403, "Forbidden",
      "\(shown) \(name.isEmpty ? "" : "\"\(name)\" ")is forbidden: \(message)",
      details: .object(details))
  }
  static func alreadyExists(_ kind: ResourceKind, _ name: String) -> StatusError {
    StatusError(
      409, "AlreadyExists", "\(kind.qualifiedName) \"\(name)\" already exists",
      details: details(of: name, kind))
  }
  static func conflict(
    kind: String, group: String, name: String, _ message: String
  ) -> StatusError {
    let shown = group.isEmpty ? kind : "\(kind).\(group)"
    var details: JSONObject = ["name": .string(name)]
    if !group.isEmpty { details["group"] = .string(group) }
    details["kind"] = .string(kind)
    return StatusError(
      409, "Conflict", "Operation cannot be fulfilled on \(shown) \"\(name)\": \(message)",
      details: .object(details))
  }
  static func modified(_ kind: ResourceKind, _ name: String) -> StatusError {
    conflict(
      kind: kind.name, group: kind.group, name: name,
      "the object has been modified; please apply your changes to the latest version and try again")
  }
  static func expired(_ message: String) -> StatusError { StatusError(410, "Expired", message) }
  static func invalid(
    kind: String, group: String, name: String, _ cause: Cause
  ) -> StatusError {
    invalid(kind: kind, group: group, name: name, causes: [cause])
  }
  static func invalid(
    kind: String, group: String, name: String, causes: Causes
  ) -> StatusError {
    let shown = group.isEmpty ? kind : "\(kind).\(group)"
    let texts = causes.map { "\($0.field): \($0.message)" }
    let list = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
    var details = JSONObject()
    if !name.isEmpty { details["name"] = .string(name) }
    if !group.isEmpty { details["group"] = .string(group) }
    details["kind"] = .string(kind)
    details["causes"] = json(causes)
    return StatusError(
      422, "Invalid", "\(shown) \"\(name)\" is invalid: \(list)", details: .object(details))
  }
  static func unsupportedMediaType(_ accepted: [String]) -> StatusError {
    StatusError(
      415, "UnsupportedMediaType",
      "the body of the request was in an unknown format - accepted media types include: "
        + accepted.joined(separator: ", "))
  }
  static var notAcceptableKeys: StatusError {
    StatusError(
      406, "NotAcceptable",
      "only the following media types are accepted: application/jwk-set+json")
  }
  /// Text, no Status: as kube-apiserver's filter answers it (apiserver `filters/maxinflight.go`).
  static var tooManyRequests: HTTPResponse {
    var response = HTTPResponse.text(429, "Too many requests, please try again later.\n")
    response.headers["Retry-After"] = "1"
    return response
  }
  static var notAcceptable: StatusError {
    StatusError(
      406, "NotAcceptable",
      "only the following media types are accepted: application/json, "
        + "application/vnd.kubernetes.protobuf")
  }

  private static func details(of name: String, _ kind: ResourceKind) -> JSON {
    var details: JSONObject = ["name": .string(name)]
    if !kind.group.isEmpty { details["group"] = .string(kind.group) }
    details["kind"] = .string(kind.name)
    return .object(details)
  }

  private static func json(_ causes: Causes) -> JSON {
    .array(
      causes.map {
        [
          "reason": .string($0.reason), "message": .string($0.message),
          "field": .string($0.field),
        ]
      })
  }
}
