import JSON
import Testing

@testable import KubernetesAPI

/// Objects, lists and watches in the form that a client asks for.
@Suite struct TableFormTests {
  private static let path = "/api/v1/namespaces/default/configmaps"
  private static let table = [("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")]

  private func world() async throws -> EndpointWorld {
    let world = try await EndpointWorld()
    for name in ["a", "b"] {
      let map: JSON = ["metadata": ["name": .string(name)], "data": ["k": "v"]]
      #expect(await world.send("POST", Self.path, map).status == 201)
    }
    return world
  }

  @Test(
    "a table's rows have of each object what is asked for",
    arguments: [
      ("", "PartialObjectMetadata"), ("includeObject=", "PartialObjectMetadata"),
      ("includeObject=Metadata", "PartialObjectMetadata"), ("includeObject=Object", "ConfigMap"),
      ("includeObject=None", nil),
    ] as [(String, String?)])
  func rows(query: String, kind: String?) async throws {
    let world = try await world()
    for target in [Self.path, Self.path + "/b"] {
      let table = await world.send("GET", "\(target)?\(query)", as: Self.table).json
      #expect(table["kind"] == "Table" && table["apiVersion"] == "meta.k8s.io/v1")
      let columns = table["columnDefinitions"]?.array ?? []
      #expect(columns.map { $0["name"]?.string } == ["Name", "Data", "Age"])
      #expect(columns.map { $0["type"]?.string } == ["string", "integer", "string"])
      #expect(columns.first?["format"] == "name")
      let rows = table["rows"]?.array ?? []
      #expect(rows.count == (target == Self.path ? 2 : 1))
      #expect(rows.last?["cells"] == ["b", 1, "0s"])
      #expect(rows.last?["object"]?["kind"]?.string == kind)
      let named = rows.last?["object"]?.at("metadata", "name")
      #expect(named == (kind == nil ? nil : "b"))
    }
  }

  @Test("another form of rows is refused in a table, and passed over elsewhere")
  func wrongRows() async throws {
    let world = try await world()
    let target = Self.path + "?includeObject=All"
    let refused = await world.send("GET", target, as: Self.table)
    #expect(refused.status == 400)
    #expect(
      refused.json["message"]?.string
        == "Unable to convert to Table as requested: includeObject: Invalid value: \"All\": must "
        + "be 'Metadata', 'Object', 'None', or empty")
    #expect(await world.send("GET", target).status == 200)
  }

  @Test("metadata alone, of one object and of a list")
  func metadata() async throws {
    let world = try await world()
    let accept = [("Accept", "application/json;as=PartialObjectMetadata;v=v1")]
    let one = await world.send("GET", Self.path + "/a", as: accept).json
    #expect(one["kind"] == "PartialObjectMetadata" && one["apiVersion"] == "meta.k8s.io/v1")
    #expect(one.at("metadata", "name") == "a" && one["data"] == nil)
    let list = await world.send("GET", Self.path + "?limit=1", as: accept).json
    #expect(list["kind"] == "PartialObjectMetadataList")
    #expect(list["items"]?.array?.count == 1 && list["items"]?[0]?["data"] == nil)
    #expect(list.at("metadata", "remainingItemCount") == 1)
    #expect(list.at("metadata", "resourceVersion")?.string != nil)
  }

  @Test("a table of a page says what is left")
  func page() async throws {
    let world = try await world()
    let page = await world.send("GET", Self.path + "?limit=1", as: Self.table).json
    #expect(page["rows"]?.array?.count == 1)
    #expect(page.at("metadata", "remainingItemCount") == 1)
    #expect(page.at("metadata", "continue")?.string?.isEmpty == false)
    #expect(
      page.at("metadata", "resourceVersion")?.string == "\(world.cluster.store.revision)")
  }

  @Test(
    "the first form that can be given is",
    arguments: [
      ("application/vnd.kubernetes.protobuf, application/json", "ConfigMap"),
      ("application/json;as=Table;v=v2, */*", "ConfigMap"),
      ("application/json;as=Table;v=v1beta1", "Table"),
      ("application/json; as=Table; v=v1, application/json", "Table"),
      ("application/json, application/json;as=Table", "ConfigMap"),
      ("text/plain", nil), ("application/json;as=Strange", nil),
    ] as [(String, String?)])
  func accepted(field: String, kind: String?) async throws {
    let world = try await world()
    let answer = await world.send("GET", Self.path + "/a", as: [("Accept", field)])
    #expect(answer.status == (kind == nil ? 406 : 200))
    if let kind { #expect(answer.json["kind"]?.string == kind) }
  }
}
