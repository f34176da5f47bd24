import Cryptography
import JSON

/// A small OpenAPI v3: what kubectl needs before it applies, and what `kubectl explain` shows.
struct OpenAPIDocuments: Sendable {
  private let core: JSON
  private let hash: String

  /// The documents of a server that reports this version.
  init(version: String) {
    var paths = JSONObject()
    for kind in ResourceKind.all {
      let base = kind.isNamespaced ? "/api/v1/namespaces/{namespace}" : "/api/v1"
      paths["\(base)/\(kind.name)/{name}"] = ["patch": Self.patch(kind)]
    }
    var schemas = JSONObject()
    for (type, fields) in FieldSchema.core.sorted(by: { $0.key < $1.key }) {
      schemas[Self.schemaName(type)] = Self.schema(type, fields)
    }
    core = [
      "openapi": "3.0.0",
      "info": ["title": "Kubernetes", "version": .string("v\(version).0")],
      "paths": .object(paths), "components": ["schemas": .object(schemas)],
    ]
    hash = String(SHA256.hex(core.bytes()).prefix(32)).uppercased()
  }

  /// The document at a path; nil where there is none.
  func document(at path: String) -> JSON? {
    switch path {
    case "/openapi/v3":
      ["paths": ["api/v1": ["serverRelativeURL": .string("/openapi/v3/api/v1?hash=\(hash)")]]]
    case "/openapi/v3/api/v1": core
    default: nil
    }
  }

  private static func schemaName(_ type: String) -> String {
    type == "ObjectMeta"
      ? "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" : "io.k8s.api.core.v1.\(type)"
  }

  private static func patch(_ kind: ResourceKind) -> JSON {
    let names = ["dryRun", "fieldManager", "fieldValidation", "force"]
    return [
      "operationId": .string("patchCoreV1\(kind.kind)"),
      "parameters": .array(
        names.map { ["name": .string($0), "in": "query", "schema": ["type": "string"]] }),
      "responses": ["200": ["description": "OK"]], "x-kubernetes-action": "patch",
      "x-kubernetes-group-version-kind": version(kind.kind),
    ]
  }

  private static func version(_ kind: String) -> JSON {
    ["group": "", "version": "v1", "kind": .string(kind)]
  }

  private static func schema(_ type: String, _ fields: [FieldSchema.Field]) -> JSON {
    var properties = JSONObject()
    for field in fields {
      let value = schema(field.shape)
      properties[field.name] =
        if field.isList {
          ["type": "array", "items": value]
        } else if field.isMap {
          ["type": "object", "additionalProperties": value]
        } else {
          value
        }
    }
    var schema: JSONObject = [
      "type": "object", "description": .string("\(type) of the core group."),
      "properties": .object(properties),
    ]
    if ResourceKind.all.contains(where: { $0.kind == type }) {
      schema["x-kubernetes-group-version-kind"] = [version(type)]
    }
    return .object(schema)
  }

  private static func schema(_ shape: FieldSchema.Shape) -> JSON {
    switch shape {
    case .text: ["type": "string"]
    case .bool: ["type": "boolean"]
    case .int32: ["type": "integer", "format": "int32"]
    case .int64: ["type": "integer", "format": "int64"]
    case .any: ["type": "object"]
    case .type(let name): ["$ref": .string("#/components/schemas/\(schemaName(name))")]
    }
  }
}
