import HTTP
import JSON
import Testing

@testable import KubernetesAPI

/// Refusals as they stand on the wire, of kinds of the core group and of others.
@Suite struct StatusErrorTests {
  private static let modified =
    "the object has been modified; please apply your changes to the latest version and try again"

  /// What the object of a refusal says beside what all say.
  private static let rows: [(StatusError, Int, String, String, JSON?)] = [
    (
      .notFound(.pods, "p"), 404, "NotFound", "pods \"p\" not found",
      ["name": "p", "kind": "pods"]
    ),
    (
      .notFound(.leases, "l"), 404, "NotFound", "leases.coordination.k8s.io \"l\" not found",
      ["name": "l", "group": "coordination.k8s.io", "kind": "leases"]
    ),
    (
      .unknownResource, 404, "NotFound", "the server could not find the requested resource", [:]
    ),
    (.badRequest("m"), 400, "BadRequest", "m", nil),
    (.unauthorized, 401, "Unauthorized", "Unauthorized", nil),
    (
      .internalError("m"), 500, "InternalError", "Internal error occurred: m",
      ["causes": [["message": "m"]]]
    ),
    (
      .methodNotAllowed, 405, "MethodNotAllowed",
      "the server does not allow this method on the requested resource", [:]
    ),
    (.forbiddenPath("m"), 403, "Forbidden", "forbidden: m", [:]),
    (
      .forbidden(.pods, "p", "m"), 403, "Forbidden", "pods \"p\" is forbidden: m",
      ["name": "p", "kind": "pods"]
    ),
    (
      .forbidden(.leases, "", "m"), 403, "Forbidden",
      "leases.coordination.k8s.io is forbidden: m",
      ["group": "coordination.k8s.io", "kind": "leases"]
    ),
    (
      .forbidden(
        resource: "pods", group: "", name: "p", "m",
        causes: [.init(reason: "R", message: "M", field: "F")]), 403, "Forbidden",
      "pods \"p\" is forbidden: m",
      [
        "name": "p", "kind": "pods",
        "causes": [["reason": "R", "message": "M", "field": "F"]],
      ]
    ),
    (
      .alreadyExists(.leases, "l"), 409, "AlreadyExists",
      "leases.coordination.k8s.io \"l\" already exists",
      ["name": "l", "group": "coordination.k8s.io", "kind": "leases"]
    ),
    (
      .conflict(kind: "Pod", group: "", name: "p", "m"), 409, "Conflict",
      "Operation cannot be fulfilled on Pod \"p\": m", ["name": "p", "kind": "Pod"]
    ),
    (
      .modified(.leases, "l"), 409, "Conflict",
      "Operation cannot be fulfilled on leases.coordination.k8s.io \"l\": \(modified)",
      ["name": "l", "group": "coordination.k8s.io", "kind": "leases"]
    ),
    (.expired("m"), 410, "Expired", "m", nil),
    (
      .invalid(kind: "Pod", group: "", name: "p", .required("f")), 422, "Invalid",
      "Pod \"p\" is invalid: f: Required value",
      [
        "name": "p", "kind": "Pod",
        "causes": [["reason": "FieldValueRequired", "message": "Required value", "field": "f"]],
      ]
    ),
    (
      .invalid(
        kind: "K", group: "g", name: "",
        causes: [
          .required("a", "why"), .forbidden("b", "no"), .unsupported("c", "x", ["y", "z"]),
          .tooLong("d", "long"), .invalidValue("e", "1", "rule"),
        ]), 422, "Invalid",
      "K.g \"\" is invalid: [a: Required value: why, b: Forbidden: no, c: Unsupported value: \"x\": "
        + "supported values: \"y\", \"z\", d: Too long: long, e: Invalid value: 1: rule]",
      [
        "group": "g", "kind": "K",
        "causes": [
          ["reason": "FieldValueRequired", "message": "Required value: why", "field": "a"],
          ["reason": "FieldValueForbidden", "message": "Forbidden: no", "field": "b"],
          [
            "reason": "FieldValueNotSupported",
            "message": "Unsupported value: \"x\": supported values: \"y\", \"z\"", "field": "c",
          ],
          ["reason": "FieldValueTooLong", "message": "Too long: long", "field": "d"],
          ["reason": "FieldValueInvalid", "message": "Invalid value: 1: rule", "field": "e"],
        ],
      ]
    ),
    (
      .unsupportedMediaType(["a", "b"]), 415, "UnsupportedMediaType",
      "the body of the request was in an unknown format - accepted media types include: a, b", nil
    ),
    (
      .notAcceptable, 406, "NotAcceptable",
      "only the following media types are accepted: application/json, "
        + "application/vnd.kubernetes.protobuf", nil
    ),
    (
      .notAcceptableKeys, 406, "NotAcceptable",
      "only the following media types are accepted: application/jwk-set+json", nil
    ),
    (StatusError(500, "", "m"), 500, "", "m", nil),
  ]

  @Test("each refusal has its code, reason, message and details", arguments: rows)
  func refusals(
    error: StatusError, code: Int, reason: String, message: String, details: JSON?
  ) throws {
    var object: JSONObject = [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
      "message": .string(message),
    ]
    if !reason.isEmpty { object["reason"] = .string(reason) }
    object["details"] = details
    object["code"] = .integer(Int64(code))
    let response = error.response
    #expect(response.status == code)
    #expect(response.headers["Content-Type"] == "application/json")
    #expect(response.headers["Cache-Control"] == "no-cache, private")
    #expect(
      String(decoding: response.bodyBytes, as: UTF8.self) == JSON.object(object).text() + "\n")
  }

  @Test("too many requests are answered in plain text, with when to come back")
  func tooMany() {
    let response = StatusError.tooManyRequests
    #expect(response.status == 429 && response.headers["Retry-After"] == "1")
    #expect(
      String(decoding: response.bodyBytes, as: UTF8.self)
        == "Too many requests, please try again later.\n")
  }
}
