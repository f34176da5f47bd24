import JSON

/// An object as it is kept: parsed, and rendered once for lists, answers and watches.
final class StoredObject: Sendable {
  let kind: ResourceKind
  let namespace: String
  let name: String
  let revision: Int64
  /// With kind and apiVersion.
  let json: JSON
  /// As a list's item: without kind and apiVersion.
  let itemBytes: [UInt8]

  /// An object with its `resourceVersion` set to this revision.
  init(_ kind: ResourceKind, _ object: JSONObject, revision: Int64) {
    self.kind = kind
    self.revision = revision
    var item = object
    item["kind"] = nil
    item["apiVersion"] = nil
    item.edit("metadata") { $0["resourceVersion"] = .string("\(revision)") }
    itemBytes = JSON.object(item).bytes()
    var whole: JSONObject = [
      "kind": .string(kind.kind), "apiVersion": .string(kind.apiVersion),
    ]
    for (name, value) in item { whole[name] = value }
    json = .object(whole)
    namespace = json.objectNamespace
    name = json.objectName
  }

  /// The same object at another revision, as the last event about it shows it.
  func at(revision: Int64) -> StoredObject {
    StoredObject(kind, json.object ?? [:], revision: revision)
  }

  /// The object with kind and apiVersion.
  var bytes: [UInt8] {
    let head = "{\"kind\":\"\(kind.kind)\",\"apiVersion\":\"\(kind.apiVersion)\","
    return Array(head.utf8) + itemBytes.dropFirst()
  }

  /// What orders lists and names the object within its resource.
  var key: ObjectPlace { ObjectPlace(namespace: namespace, name: name) }
}

/// Where an object lies within its resource; lists are in this order.
struct ObjectPlace: Sendable {
  let namespace: String
  let name: String
}

/// By bytes.
extension ObjectPlace: Hashable, Comparable {
  static func == (left: ObjectPlace, right: ObjectPlace) -> Bool {
    left.name.bytes == right.name.bytes && left.namespace.bytes == right.namespace.bytes
  }

  static func < (left: ObjectPlace, right: ObjectPlace) -> Bool {
    let (first, second) = (left.namespace.bytes, right.namespace.bytes)
    return first == second ? left.name.bytes < right.name.bytes : first < second
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(namespace.bytes)
    hasher.combine(name.bytes)
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

  /// About how many bytes of objects it holds that no earlier change does.
  var size: Int { (after ?? before)?.itemBytes.count ?? 0 }
}
