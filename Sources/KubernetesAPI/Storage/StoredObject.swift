import JSON

/// An object as it is kept: parsed, and rendered once for lists, answers and watches.
final class StoredObject: Sendable {
  let resource: ClusterResource
  let namespace: String
  let name: String
  let revision: Int64
  /// With kind and apiVersion.
  let json: JSON
  /// As a list's item: without kind and apiVersion.
  let itemBytes: [UInt8]

  /// An object with its `resourceVersion` set to this revision.
  init(_ resource: ClusterResource, _ object: JSONObject, revision: Int64) {
    self.resource = resource
    self.revision = revision
    var item = object
    item["kind"] = nil
    item["apiVersion"] = nil
    item.edit("metadata") { $0["resourceVersion"] = .string("\(revision)") }
    itemBytes = JSON.object(item).bytes()
    var whole: JSONObject = [
      "kind": .string(ResourceKind.of(resource).kind), "apiVersion": "v1",
    ]
    for (name, value) in item { whole[name] = value }
    json = .object(whole)
    namespace = json.objectNamespace
    name = json.objectName
  }

  /// The same object at another revision, as the last event about it shows it.
  func at(revision: Int64) -> StoredObject {
    StoredObject(resource, json.object ?? [:], revision: revision)
  }

  /// The object with kind and apiVersion.
  var bytes: [UInt8] {
    let head = "{\"kind\":\"\(ResourceKind.of(resource).kind)\",\"apiVersion\":\"v1\","
    return Array(head.utf8) + itemBytes.dropFirst()
  }

  /// What orders lists and names the object within its resource.
  var key: ObjectPlace { ObjectPlace(namespace: namespace, name: name) }
}

/// Where an object lies within its resource; lists are in this order.
struct ObjectPlace: Sendable, Hashable, Comparable {
  let namespace: String
  let name: String

  static func < (left: ObjectPlace, right: ObjectPlace) -> Bool {
    if left.namespace != right.namespace {
      return left.namespace.utf8.lexicographicallyPrecedes(right.namespace.utf8)
    }
    return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}

/// A change of one object.
struct StoredChange: Sendable {
  /// The revision at which it happened.
  let revision: Int64
  /// The state before; nil for a new object.
  let before: StoredObject?
  /// The state after; nil for one that is gone.
  let after: StoredObject?
}
