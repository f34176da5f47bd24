import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// What the server puts into the metadata of a new object, and what it keeps of a changed one.
@Suite struct NewMetadataTests {
  private static let metadata = ObjectMetadata(clock: ManualClock(), randomness: .seeded(1))

  private func made(
    _ metadata: JSONObject, kind: ResourceKind = .configMaps, namespace: String = "n"
  ) throws(StatusError) -> JSON? {
    var object: JSONObject = ["metadata": .object(metadata)]
    try Self.metadata.prepareForCreate(&object, kind: kind, namespace: namespace)
    return object["metadata"]
  }

  @Test("what the server alone decides is not taken from the caller")
  func decided() throws {
    let found = try made([
      "selfLink": "/x", "deletionTimestamp": "2020-01-01T00:00:00Z",
      "deletionGracePeriodSeconds": 5, "resourceVersion": "", "uid": "mine",
      "creationTimestamp": "2020-01-01T00:00:00Z", "managedFields": [["manager": "x"]],
      "labels": [:], "annotations": .null, "finalizers": [], "name": "m", "generation": 3,
      "generateName": "", "other": "kept",
    ])
    let object = try #require(found?.object)
    #expect(
      object.names == [
        "name", "generateName", "namespace", "uid", "generation", "creationTimestamp", "other",
      ])
    #expect(object["namespace"] == "n" && object["name"] == "m")
    #expect(object["creationTimestamp"]?.string == ManualClock().now.wholeSeconds.rfc3339)
    #expect(object["uid"]?.string?.utf8.count == 36)
    #expect(try made(["name": "a"])?["uid"] != made(["name": "a"])?["uid"])
    #expect(try made(["name": "a", "namespace": "x"], kind: .nodes, namespace: "x") != nil)
    #expect(try made(["name": "a", "namespace": ""], kind: .nodes)?["namespace"] == nil)
  }

  @Test("a generated name has five characters more, none of them a vowel, and 63 at most")
  func generated() throws {
    for (base, kept) in [("p-", 2), (String(repeating: "x", count: 58), 58)] {
      let name = try #require(try made(["generateName": .string(base)])?["name"]?.string)
      #expect(name.hasPrefix(base) && name.utf8.count == kept + 5)
      #expect(name.utf8.suffix(5).allSatisfy("bcdfghjklmnpqrstvwxz2456789".utf8.contains))
    }
    let long = try made(["generateName": .string(String(repeating: "x", count: 59))])
    #expect(long?["name"]?.string?.utf8.count == 63)
    // A name of its own wins.
    #expect(try made(["generateName": "p-", "name": "own"])?["name"] == "own")
    #expect(try made(["generateName": "p-", "name": ""])?["name"]?.string?.utf8.count == 7)
  }

  @Test("a revision or another namespace in a new object is refused")
  func refusals() {
    let revised = #expect(throws: StatusError.self) {
      _ = try made(["name": "a", "resourceVersion": "5"])
    }
    #expect(revised?.code == 500)
    #expect(revised?.message == "resourceVersion should not be set on objects to be created")
    let moved = #expect(throws: StatusError.self) {
      _ = try made(["name": "a", "namespace": "m"])
    }
    #expect(moved?.code == 400)
    #expect(
      moved?.message
        == "the namespace of the provided object does not match the namespace sent on the request")
  }

  private static let old = StoredObject(
    .configMaps,
    [
      "metadata": [
        "name": "a", "generateName": "g", "namespace": "n", "uid": "u",
        "creationTimestamp": "2020-01-01T00:00:00Z", "deletionTimestamp": "2021-01-01T00:00:00Z",
        "deletionGracePeriodSeconds": 0, "labels": ["old": "x"],
      ]
    ], revision: 7)

  private func updated(_ metadata: JSONObject) throws(StatusError) -> JSON? {
    var object: JSONObject = ["metadata": .object(metadata)]
    try ObjectMetadata.prepareForUpdate(&object, old: Self.old)
    return object["metadata"]
  }

  @Test("an update keeps name, times and UID, and takes labels and finalizers as they come")
  func kept() throws {
    let found = try updated([
      "name": "b", "generateName": "h", "namespace": "m", "creationTimestamp": "x",
      "deletionTimestamp": .null, "deletionGracePeriodSeconds": 9, "selfLink": "x",
      "managedFields": [1], "labels": ["new": "y"], "finalizers": ["a/b"], "uid": "",
      "resourceVersion": "7",
    ])
    #expect(
      found == [
        "name": "a", "generateName": "g", "namespace": "n", "uid": "u", "resourceVersion": "7",
        "creationTimestamp": "2020-01-01T00:00:00Z", "deletionTimestamp": "2021-01-01T00:00:00Z",
        "deletionGracePeriodSeconds": 0, "labels": ["new": "y"], "finalizers": ["a/b"],
      ])
    #expect(try updated([:])?["labels"] == nil)
  }

  @Test("an update of another object, or of a revision of before, is refused")
  func stale() {
    for (metadata, message) in [
      (["uid": "v"], "Precondition failed: UID in precondition: v, UID in object meta: u"),
      (
        ["resourceVersion": "6"],
        "the object has been modified; please apply your changes to the latest version and try "
          + "again"
      ),
    ] as [(JSONObject, String)] {
      let error = #expect(throws: StatusError.self) { _ = try updated(metadata) }
      #expect(error?.code == 409 && error?.reason == "Conflict")
      #expect(
        error?.message == "Operation cannot be fulfilled on configmaps \"a\": \(message)")
    }
  }
}
