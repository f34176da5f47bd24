import JSON
import Testing

@testable import KubernetesAPI

/// Names, labels, annotations and what else of an object's metadata is refused.
@Suite struct ObjectNamesTests {
  private static func long(_ count: Int) -> String { String(repeating: "a", count: count) }

  private static func fields(
    _ metadata: JSONObject, of kind: ResourceKind = .configMaps
  ) -> [String] {
    var metadata = metadata
    metadata.fill("name", "m")
    return ObjectMetadata.objections(["metadata": .object(metadata)], kind: kind).map {
      "\($0.field): \($0.message.split(separator: ":").dropLast().joined(separator: ":"))"
    }
  }

  @Test(
    "labels and subdomains of RFC 1123, as long as each may be",
    arguments: [
      ("a", true, true), ("a-1", true, true), ("1", true, true), ("a.b", false, true),
      ("a..b", false, false), (".a", false, false), ("a.", false, false), ("-a", false, false),
      ("a-", false, false), ("a.-b", false, false), ("A", false, false), ("a_b", false, false),
      ("a b", false, false), ("é", false, false), ("a/b", false, false),
      (long(63), true, true), (long(64), false, true), (long(253), false, true),
      (long(254), false, false),
    ])
  func names(name: String, isNamespace: Bool, isMap: Bool) {
    let found = { (kind: ResourceKind) in
      ObjectNames.objection(toName: name, of: kind) == nil
    }
    #expect(found(.namespaces) == isNamespace && found(.configMaps) == isMap)
    let causes = Self.fields(["name": .string(name)])
    #expect(causes == (isMap ? [] : ["metadata.name: Invalid value: \"\(name)\""]))
  }

  @Test("a name that is too long is told with its limit, which a namespace has of its own")
  func limits() {
    let long = Self.long(300)
    #expect(
      ObjectNames.objection(toName: long, of: .namespaces)
        == "must be no more than 63 characters")
    #expect(
      ObjectNames.objection(toName: long, of: .pods) == "must be no more than 253 characters")
    #expect(
      ObjectMetadata.objections([:], kind: .pods).map { "\($0.field): \($0.message)" }
        == ["metadata.name: Required value: name or generateName is required"])
  }

  @Test(
    "keys of labels and annotations: a name, or one behind a domain",
    arguments: [
      ("a", true), ("A.b_c-1", true), ("example.com/a", true), ("a.b/C", true), ("", false),
      ("-a", false), ("a-", false), ("_a", false), ("a/b/c", false), ("/a", false), ("a/", false),
      ("Example.com/a", false), ("a b", false), ("exa_mple/a", false), (long(63), true),
      (long(64), false), ("\(long(253))/\(long(63))", true), ("\(long(254))/a", false),
      ("a/\(long(64))", false),
    ])
  func keys(key: String, isKey: Bool) {
    #expect(ObjectNames.isQualifiedName(key) == isKey)
    let causes = Self.fields(["labels": [key: ""]])
    #expect(causes == (isKey ? [] : ["metadata.labels: Invalid value: \"\(key)\""]))
  }

  @Test("an annotation's key may be in capitals, a label's domain may not")
  func capitals() {
    #expect(Self.fields(["annotations": ["Example.COM/A": "x"]]).isEmpty)
    #expect(Self.fields(["labels": ["Example.COM/A": "x"]]).count == 1)
    #expect(
      Self.fields(["annotations": ["a b": "x"]]) == [
        "metadata.annotations: Invalid value: \"a b\""
      ])
  }

  @Test(
    "values of labels",
    arguments: [
      ("", true), ("a", true), ("A.b_c-1", true), ("-a", false), ("a.", false), ("a/b", false),
      ("a b", false), (long(63), true), (long(64), false),
    ])
  func values(value: String, isValue: Bool) {
    let causes = Self.fields(["labels": ["l": .string(value)]])
    #expect(causes == (isValue ? [] : ["metadata.labels: Invalid value: \"\(value)\""]))
  }

  @Test(
    "keys of data",
    arguments: [
      ("a", true), ("-._A9", true), ("..a", true), (".", false), ("..", false), ("", false),
      ("a/b", false), ("a b", false), (long(253), true), (long(254), false),
    ])
  func dataKeys(key: String, isKey: Bool) { #expect(ObjectNames.isDataKey(key) == isKey) }

  @Test("annotations have 262,144 bytes together at most, their keys included")
  func size() {
    func annotations(_ count: Int) -> JSONObject {
      [
        "annotations": [
          "a": .string(Self.long(131_000)), "b": .string(Self.long(count - 131_002)),
        ]
      ]
    }
    #expect(Self.fields(annotations(262_144)).isEmpty)
    #expect(Self.fields(annotations(262_145)) == ["metadata.annotations: Too long"])
  }

  @Test(
    "finalizers have a domain, or are Kubernetes' own",
    arguments: [
      ("a.b/c", true), ("foregroundDeletion", true), ("orphan", true), ("kubernetes", true),
      ("mine", false), ("a/b/c", false), ("/a", false), ("Orphan", false),
    ])
  func finalizers(name: String, isTaken: Bool) {
    let causes = Self.fields(["finalizers": ["a.b/x", .string(name)]])
    #expect(causes == (isTaken ? [] : ["metadata.finalizers[1]: Invalid value: \"\(name)\""]))
  }

  @Test("an owner is named whole", arguments: ["apiVersion", "kind", "name", "uid"])
  func owners(member: String) {
    var owner: JSONObject = ["apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"]
    #expect(Self.fields(["ownerReferences": [.object(owner)]]).isEmpty)
    let field = "metadata.ownerReferences.\(member): Invalid value: \"\""
    for value in [nil, ""] as [JSON?] {
      owner[member] = value
      #expect(Self.fields(["ownerReferences": [.object(owner)]]) == [field])
    }
  }
}
