import HTTP
import JSON

/// The OpenAPI v2 document as gnostic's protobuf message, which kubectl before 1.28 reads.
///
/// It says no more than what kubectl looks for: which kinds' PATCH takes `fieldValidation` and
/// `dryRun`. Field numbers: gnostic `openapiv2/OpenAPIv2.proto`.
enum OpenAPIv2Document {
  private static let contentType =
    "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

  /// The answer to a request for it; nil where the client does not ask for protobuf.
  static func response(to request: HTTPRequest, version: String) -> HTTPResponse? {
    let wants = request.headers.all("Accept").contains {
      $0.bytes.contains("proto-openapi.spec.v2")
    }
    guard wants else { return nil }
    return HTTPResponse(
      status: 200, headers: ["Content-Type": contentType], body: .bytes(document(version)))
  }

  private static func document(_ version: String) -> [UInt8] {
    var document = ProtobufWriter()
    document.string(1, "2.0")
    document.message(2) { info in
      info.string(1, "Kubernetes")
      info.string(2, "v\(version).0")
    }
    document.message(8) { paths in
      for kind in ResourceKind.all {
        paths.message(2) { path in
          path.string(1, kind.patternPath)
          path.message(2) { item in item.message(8) { patch(&$0, kind) } }
        }
      }
    }
    return document.bytes
  }

  private static func patch(_ operation: inout ProtobufWriter, _ kind: ResourceKind) {
    operation.string(5, kind.patchOperation)
    for name in ["dryRun", "fieldManager", "fieldValidation", "force"] {
      // ParametersItem, Parameter, NonBodyParameter, QueryParameterSubSchema.
      operation.message(8) { item in
        item.message(1) { parameter in
          parameter.message(2) { nonBody in
            nonBody.message(3) { query in
              query.string(2, "query")
              query.string(4, name)
              query.string(6, "string")
            }
          }
        }
      }
    }
    operation.message(9) { _ in }
    operation.message(13) { extensionItem in
      extensionItem.string(1, "x-kubernetes-group-version-kind")
      extensionItem.message(2) { value in
        value.string(2, "group: \"\(kind.group)\"\nkind: \(kind.kind)\nversion: \(kind.version)\n")
      }
    }
  }
}
