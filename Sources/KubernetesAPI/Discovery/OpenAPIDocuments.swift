import Cryptography
import JSON

/// A small OpenAPI v3: what kubectl needs before it applies, and what `kubectl explain` shows; the same
/// as OpenAPI v2 in JSON for programs that read schemas there.
struct OpenAPIDocuments: Sendable {
  private let version: String
  /// The documents of v3, one a group and version, by their path behind `/openapi/v3/`.
  private let documents: [(path: String, document: JSON, hash: String)]

  /// Which of the two; they differ in where schemas lie and how a parameter says its type.
  private enum Form {
    case v2
    case v3

    func reference(to schema: String) -> JSON {
      ["$ref": .string((self == .v2 ? "#/definitions/" : "#/components/schemas/") + schema)]
    }
  }

  /// The documents of a server that reports this version.
  init(version: String) {
    self.version = version
    var documents: [(path: String, document: JSON, hash: String)] = []
    for kind in ResourceKind.all {
      let path = String(kind.basePath.dropFirst())
      guard !documents.contains(where: { $0.path.bytes == path.bytes }) else { continue }
      let kinds = ResourceKind.all.filter { $0.apiVersion.bytes == kind.apiVersion.bytes }
      let document: JSON = [
        "openapi": "3.0.0", "info": Self.info(version), "paths": Self.paths(kinds, .v3),
        "components": ["schemas": Self.schemas(kinds, .v3)],
      ]
      let hash = SHA256.hex(document.bytes()).utf8.prefix(32)
      documents.append((path, document, String(Substring(hash)).uppercased()))
    }
    self.documents = documents
  }

  /// The document at a path; nil where there is none.
  func document(at path: String) -> JSON? {
    switch path.bytes {
    case "/openapi/v3":
      var paths = JSONObject()
      for (path, _, hash) in documents {
        paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(hash)")]
      }
      return ["paths": .object(paths)]
    case "/openapi/v2":
      return [
        "swagger": "2.0", "info": Self.info(version), "paths": Self.paths(ResourceKind.all, .v2),
        "definitions": Self.schemas(ResourceKind.all, .v2),
      ]
    default: return documents.first { path.bytes == "/openapi/v3/\($0.path)" }?.document
    }
  }

  private static func info(_ version: String) -> JSON {
    ["title": "Kubernetes", "version": .string("v\(version).0")]
  }

  private static func paths(_ kinds: [ResourceKind], _ form: Form) -> JSON {
    var paths = JSONObject()
    for kind in kinds { paths[kind.patternPath] = ["patch": patch(kind, form)] }
    return .object(paths)
  }

  private static func schemas(_ kinds: [ResourceKind], _ form: Form) -> JSON {
    var schemas: [ByteText: JSON] = [:]
    for kind in kinds {
      for (type, fields) in kind.schema.types {
        let name = kind.schemaName(type.string)
        // Shared types are described once, by the first kind that has them.
        if schemas[name.bytes] == nil {
          schemas[name.bytes] = schema(type.string, fields, kind, form)
        }
      }
    }
    var object = JSONObject()
    for (name, schema) in schemas.sorted(by: { $0.key < $1.key }) { object[name.string] = schema }
    return .object(object)
  }

  private static func patch(_ kind: ResourceKind, _ form: Form) -> JSON {
    let names = ["dryRun", "fieldManager", "fieldValidation", "force"]
    return [
      "operationId": .string(kind.patchOperation),
      "parameters": .array(
        names.map { name in
          let type: JSON = ["type": "string"]
          return form == .v2
            ? ["name": .string(name), "in": "query", "type": "string"]
            : ["name": .string(name), "in": "query", "schema": type]
        }),
      "responses": ["200": ["description": "OK"]], "x-kubernetes-action": "patch",
      "x-kubernetes-group-version-kind": version(of: kind),
    ]
  }

  private static func version(of kind: ResourceKind) -> JSON {
    [
      "group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind),
    ]
  }

  private static func schema(
    _ type: String, _ fields: [FieldSchema.Field], _ kind: ResourceKind, _ form: Form
  ) -> JSON {
    var properties = JSONObject()
    for field in fields {
      let value = schema(field.shape, kind, form)
      properties[field.name] =
        if field.isList {
          ["type": "array", "items": value]
        } else if field.isMap {
          ["type": "object", "additionalProperties": value]
        } else {
          value
        }
    }
    let group = kind.group.isEmpty ? "the core group" : kind.group
    var schema: JSONObject = [
      "type": "object", "description": .string("\(type) of \(group)."),
      "properties": .object(properties),
    ]
    if type.bytes == kind.kind.bytes {
      schema["x-kubernetes-group-version-kind"] = [version(of: kind)]
    }
    return .object(schema)
  }

  private static func schema(
    _ shape: FieldSchema.Shape, _ kind: ResourceKind, _ form: Form
  ) -> JSON {
    switch shape {
    case .text: ["type": "string"]
    case .bool: ["type": "boolean"]
    case .int32: ["type": "integer", "format": "int32"]
    case .int64: ["type": "integer", "format": "int64"]
    case .quantity: ["type": "string"]
    case .any: ["type": "object"]
    case .type(let name): form.reference(to: kind.schemaName(name))
    }
  }
}

extension ResourceKind {
  /// The path of one object, with its parts in braces.
  var patternPath: String {
    "\(basePath)\(isNamespaced ? "/namespaces/{namespace}" : "")/\(name)/{name}"
  }

  /// `patchCoreV1Pod`, or `patchCoordinationV1Lease`.
  var patchOperation: String {
    let group = group.bytes.cut(at: ".").0
    let word = group.isEmpty ? "Core" : group.prefix(1).uppercased() + group.dropFirst()
    return "patch\(word)\(version.prefix(1).uppercased() + version.dropFirst())\(kind)"
  }

  /// The name of a type's schema, as upstream's packages have it.
  func schemaName(_ type: String) -> String {
    if ["ObjectMeta", "OwnerReference"].contains(type.bytes) {
      return "io.k8s.apimachinery.pkg.apis.meta.v1.\(type)"
    }
    if ["ObjectReference", "LocalObjectReference"].contains(type.bytes) {
      return "io.k8s.api.core.v1.\(type)"
    }
    return
      "io.k8s.api.\(group.isEmpty ? "core" : String(group.bytes.cut(at: ".").0)).\(version).\(type)"
  }
}
