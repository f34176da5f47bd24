import HTTP
import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// The lines of a watch, in each form.
@Suite struct WatchLineTests {
  private static let object = StoredObject(
    .configMaps, ["metadata": ["name": "a", "namespace": "n"], "data": ["k": "v"]], revision: 7)

  private func lines(_ form: ResponseForm, includes: String? = nil) throws -> WatchLines {
    WatchLines(
      kind: .configMaps, filter: ObjectFilter(namespace: "n", labels: nil, fields: nil),
      form: form, includes: includes, clock: ManualClock())
  }

  @Test("an object is whole, a row of a table, or metadata alone")
  func forms() throws {
    let whole = try JSON.parse(lines(.object).line("ADDED", Self.object))
    #expect(whole["type"] == "ADDED" && whole["object"] == Self.object.json)
    let table = try JSON.parse(lines(.table(version: "v1")).line("MODIFIED", Self.object))
    #expect(table.at("object", "kind") == "Table" && table["type"] == "MODIFIED")
    #expect(table["object"]?["rows"]?[0]?["cells"]?[0] == "a")
    #expect(table.at("object", "metadata", "resourceVersion") == "7")
    let none = try lines(.table(version: "v1"), includes: "None").line("ADDED", Self.object)
    #expect(try JSON.parse(none)["object"]?["rows"]?[0]?["object"] == nil)
    let metadata = try JSON.parse(lines(.metadata(version: "v1")).line("ADDED", Self.object))
    #expect(metadata.at("object", "kind") == "PartialObjectMetadata")
  }

  @Test("a line ends with its feed, so that the next one begins there")
  func feed() throws {
    #expect(try lines(.object).line("ADDED", Self.object).last == 0x0A)
    #expect(
      WatchLines.line("ERROR", [0x7B, 0x7D]) == Array("{\"type\":\"ERROR\",\"object\":{}}\n".utf8))
  }

  @Test("what another namespace's object does is no line")
  func elsewhere() throws {
    let other = StoredObject(
      .configMaps, ["metadata": ["name": "a", "namespace": "m"]], revision: 8)
    let lines = try lines(.object)
    #expect(lines.line(StoredChange(revision: 8, before: nil, after: other)) == nil)
    #expect(lines.line(StoredChange(revision: 8, before: other, after: nil)) == nil)
  }

  @Test("a bookmark says how far the watch has come, the first one that all is told")
  func bookmarks() throws {
    let lines = try lines(.object)
    let plain = try JSON.parse(lines.bookmark(9))
    #expect(plain["type"] == "BOOKMARK")
    #expect(
      plain["object"] == [
        "kind": "ConfigMap", "apiVersion": "v1",
        "metadata": ["resourceVersion": "9", "creationTimestamp": .null],
      ])
    let first = try JSON.parse(lines.bookmark(9, endsInitialEvents: true))
    #expect(
      first.at("object", "metadata", "annotations", "k8s.io/initial-events-end") == "true")
  }
}
