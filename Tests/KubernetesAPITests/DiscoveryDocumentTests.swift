import HTTP
import JSON
import Testing

@testable import KubernetesAPI

/// The documents of discovery and of OpenAPI, member by member.
@Suite struct DiscoveryDocumentTests {
  private let discovery = APIDiscovery(version: "1.33", serverAddress: "127.0.0.1:1")
  private let openAPI = OpenAPIDocuments(version: "1.33")

  private func resource(_ name: String, at path: String) -> JSON? {
    discovery.document(at: path)?["resources"]?.array?.first { $0["name"]?.string == name }
  }

  @Test("the version is taken apart")
  func version() {
    let version = discovery.document(at: "/version")
    #expect(version?["major"] == "1" && version?["minor"] == "33")
    #expect(version?["gitVersion"] == "v1.33.0-eks-podid")
    let address = discovery.document(at: "/api")?["serverAddressByClientCIDRs"]?[0]
    #expect(address?["serverAddress"] == "127.0.0.1:1")
  }

  @Test("a group has its versions, and prefers the first")
  func groups() {
    let group = discovery.document(at: "/apis/authentication.k8s.io")
    #expect(group?["kind"] == "APIGroup" && group?["apiVersion"] == "v1")
    #expect(group?.at("preferredVersion", "groupVersion") == "authentication.k8s.io/v1")
    #expect(group?["versions"]?.array?.count == 2)
    let paths = discovery.document(at: "/")?["paths"]?.strings ?? []
    for path in ["/apis/coordination.k8s.io", "/apis/coordination.k8s.io/v1", "/version"] {
      #expect(paths.contains(path))
    }
  }

  @Test("a list of resources says its version, that of the core group no type's")
  func lists() {
    let core = discovery.document(at: "/api/v1")
    #expect(core?["groupVersion"] == "v1" && core?["apiVersion"] == nil)
    let other = discovery.document(at: "/apis/coordination.k8s.io/v1")
    #expect(other?["groupVersion"] == "coordination.k8s.io/v1" && other?["apiVersion"] == "v1")
    #expect(core?["kind"] == "APIResourceList")
  }

  @Test("resources are told with names and verbs, and their subresources")
  func resources() {
    #expect(
      resource("pods", at: "/api/v1") == [
        "name": "pods", "singularName": "pod", "namespaced": true, "kind": "Pod",
        "verbs": [
          "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
        ],
        "shortNames": ["po"], "categories": ["all"],
      ])
    #expect(
      resource("namespaces", at: "/api/v1") == [
        "name": "namespaces", "singularName": "namespace", "namespaced": false,
        "kind": "Namespace",
        "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"],
        "shortNames": ["ns"],
      ])
    #expect(
      resource("nodes/status", at: "/api/v1") == [
        "name": "nodes/status", "singularName": "", "namespaced": false, "kind": "Node",
        "verbs": ["get", "patch", "update"],
      ])
    let token = resource("serviceaccounts/token", at: "/api/v1")
    #expect(token?["group"] == "authentication.k8s.io" && token?["kind"] == "TokenRequest")
    #expect(token?["verbs"] == ["create"])
    let review = resource("tokenreviews", at: "/apis/authentication.k8s.io/v1")
    #expect(review?["singularName"] == "tokenreview" && review?["namespaced"] == false)
  }

  @Test("OpenAPI has each kind's schema, in both versions, with references that lead somewhere")
  func openAPISchemas() throws {
    let second = try #require(openAPI.document(at: "/openapi/v2"))
    let third = try #require(openAPI.document(at: "/openapi/v3/api/v1"))
    let pod = "io.k8s.api.core.v1.Pod"
    for (schemas, prefix) in [
      (second["definitions"], "#/definitions/"),
      (third.at("components", "schemas"), "#/components/schemas/"),
    ] {
      let schema = schemas?[pod]
      #expect(
        schema?["x-kubernetes-group-version-kind"]
          == [["group": "", "version": "v1", "kind": "Pod"]])
      let spec = schema?.at("properties", "spec", "$ref")?.string
      #expect(spec == "\(prefix)io.k8s.api.core.v1.PodSpec")
      let metadata = schema?.at("properties", "metadata", "$ref")?.string
      #expect(metadata == "\(prefix)io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")
      let properties = schemas?["io.k8s.api.core.v1.PodSpec"]?["properties"]
      #expect(properties?["containers"]?["type"] == "array")
      #expect(
        properties?.at("containers", "items", "$ref")?.string
          == "\(prefix)io.k8s.api.core.v1.Container")
      #expect(properties?["hostPID"] == ["type": "boolean"])
      #expect(properties?["priority"] == ["type": "integer", "format": "int32"])
      #expect(properties?.at("activeDeadlineSeconds", "format") == "int64")
      #expect(
        properties?["nodeSelector"]
          == ["type": "object", "additionalProperties": ["type": "string"]])
      for reference in Self.references(in: schemas ?? [:]) {
        #expect(reference.hasPrefix(prefix))
        #expect(schemas?[String(reference.dropFirst(prefix.count))] != nil, "\(reference)")
      }
    }
    #expect(second["definitions"]?["io.k8s.api.coordination.v1.LeaseSpec"] != nil)
    #expect(third.at("components", "schemas", "io.k8s.api.core.v1.ObjectReference") != nil)
  }

  private static func references(in json: JSON) -> [String] {
    if let items = json.array { return items.flatMap(references) }
    return (json.object ?? [:]).flatMap { name, value in
      name == "$ref" ? [value.string ?? ""] : references(in: value)
    }
  }

  @Test("what PATCH takes is told, by which kubectl knows of dry runs")
  func patches() {
    let lease = "/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{name}"
    let second = openAPI.document(at: "/openapi/v2")?["paths"]
    let third = openAPI.document(at: "/openapi/v3/apis/coordination.k8s.io/v1")?["paths"]
    #expect(second?["/api/v1/nodes/{name}"] != nil)
    #expect(second?.at(lease, "patch", "operationId") == "patchCoordinationV1Lease")
    #expect(
      second?.at(lease, "patch", "parameters")?[0]
        == ["name": "dryRun", "in": "query", "type": "string"])
    #expect(
      third?.at(lease, "patch", "parameters")?[0]
        == ["name": "dryRun", "in": "query", "schema": ["type": "string"]])
    let names = third?.at(lease, "patch", "parameters")?.array?.compactMap { $0["name"]?.string }
    #expect(names == ["dryRun", "fieldManager", "fieldValidation", "force"])
  }

  @Test("the list of OpenAPI's documents names each by a hash of what it says")
  func hashes() {
    let paths = openAPI.document(at: "/openapi/v3")?["paths"]?.object ?? [:]
    #expect(paths.names == ["api/v1", "apis/coordination.k8s.io/v1"])
    let url = paths["api/v1"]?["serverRelativeURL"]?.string ?? ""
    #expect(url.hasPrefix("/openapi/v3/api/v1?hash="))
    let other = OpenAPIDocuments(version: "1.34").document(at: "/openapi/v3")?["paths"]
    #expect(other?.at("api/v1", "serverRelativeURL")?.string != url)
  }

  @Test("OpenAPI v2 is protobuf for whoever asks for it")
  func protobuf() throws {
    func response(_ accept: String) -> HTTPResponse? {
      OpenAPIv2Document.response(
        to: HTTPRequest(method: "GET", target: "/openapi/v2", headers: ["Accept": accept]),
        version: "1.33")
    }
    #expect(response("application/json") == nil)
    let answer = try #require(
      response("application/com.github.proto-openapi.spec.v2@v1.0+protobuf"))
    #expect(answer.headers["Content-Type"]?.contains("proto-openapi") == true)
    // Paths, each a name and an item; items, PATCH, its name and its parameters.
    let parameter = ProtobufMessage(fields: [
      2: ("in", .text), 4: ("name", .text), 6: ("type", .text),
    ])
    func nested(_ numbers: [UInt64], _ inner: ProtobufMessage) -> ProtobufMessage {
      numbers.reversed().reduce(inner) { ProtobufMessage(fields: [$1: ("m", .message($0))]) }
    }
    let patch = ProtobufMessage(fields: [
      5: ("id", .text), 8: ("parameters", .messages(nested([1, 2, 3], parameter))),
    ])
    let path = ProtobufMessage(fields: [1: ("name", .text), 2: ("m", .message(nested([8], patch)))])
    let document = ProtobufMessage(fields: [
      1: ("swagger", .text),
      2: ("info", .message(ProtobufMessage(fields: [2: ("version", .text)]))),
      8: ("paths", .message(ProtobufMessage(fields: [2: ("items", .messages(path))]))),
    ])
    let read = JSON.object(try document.decode(answer.bodyBytes[...]))
    #expect(read["swagger"] == "2.0" && read.at("info", "version") == "v1.33.0")
    let items = read.at("paths", "items")?.array ?? []
    #expect(items.count == ResourceKind.all.count)
    #expect(items.first?["name"] == "/api/v1/namespaces/{namespace}/configmaps/{name}")
    let operation = items.first?.at("m", "m")
    #expect(operation?["id"] == "patchCoreV1ConfigMap")
    let parameters = operation?["parameters"]?.array ?? []
    #expect(
      parameters.map { $0.at("m", "m", "m", "name")?.string }
        == ["dryRun", "fieldManager", "fieldValidation", "force"])
    #expect(
      parameters.first?.at("m", "m", "m") == ["in": "query", "name": "dryRun", "type": "string"])
  }
}
