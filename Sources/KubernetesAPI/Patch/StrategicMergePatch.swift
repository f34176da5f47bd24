import JSON

/// Kubernetes' strategic merge patch: a merge patch in which some lists are merged by a key
/// (kubernetes/apimachinery `pkg/util/strategicpatch`).
enum StrategicMergePatch {
  /// The lists that are merged by the value of a member of their items; the rest are replaced.
  private static let keys: [String: String] = [
    "secrets": "name", "ownerReferences": "uid", "containers": "name", "initContainers": "name",
    "ephemeralContainers": "name", "volumes": "name", "env": "name",
    "volumeMounts": "mountPath", "volumeDevices": "devicePath", "hostAliases": "ip",
    "conditions": "type", "topologySpreadConstraints": "topologyKey", "addresses": "type",
    "resourceClaims": "name", "schedulingGates": "name",
  ]
  /// Where `imagePullSecrets` and `ports` have a key depends on what they are in.
  private static let scopedKeys: [String: String] = [
    "spec.imagePullSecrets": "name", "containers.ports": "containerPort",
    "initContainers.ports": "containerPort", "spec.ports": "port", "spec.taints": "key",
  ]
  /// Lists of plain values that are merged as sets.
  private static let sets: Set<String> = ["finalizers", "podCIDRs"]

  /// A value with a patch merged into it.
  static func apply(_ patch: JSON, to value: JSON) throws(StatusError) -> JSON {
    try merge(patch, into: value, at: "")
  }

  private static func merge(
    _ patch: JSON, into value: JSON, at place: String
  ) throws(StatusError) -> JSON {
    guard let changes = patch.object else { return patch }
    switch changes["$patch"]?.string {
    case "replace": return .object(withoutDirectives(changes))
    case "delete": return [:]
    case nil, "merge": break
    case let other?: throw .badRequest("unknown patch type found in map: $patch=\(other)")
    }
    var result = value.object ?? [:]
    for (name, change) in changes where !name.hasPrefix("$") {
      if change.isNull {
        result[name] = nil
      } else if let items = change.array {
        let deleted = changes["$deleteFromPrimitiveList/\(name)"]?.array ?? []
        result[name] = .array(
          try list(
            items, into: (result[name]?.array ?? []).filter { !deleted.contains($0) }, name: name,
            parent: place))
      } else {
        result[name] = try merge(change, into: result[name] ?? [:], at: name)
      }
    }
    for (name, change) in changes {
      if name.hasPrefix("$deleteFromPrimitiveList/") {
        let list = String(name.dropFirst(25))
        guard changes[list] == nil else { continue }
        let deleted = change.array ?? []
        result[list] = .array((result[list]?.array ?? []).filter { !deleted.contains($0) })
      } else if name.hasPrefix("$setElementOrder/") {
        let list = String(name.dropFirst(17))
        guard let items = result[list]?.array else { continue }
        let key = key(of: list, in: place)
        result[list] = .array(ordered(items, as: change.array ?? [], key: key))
      } else if name == "$retainKeys" {
        let kept = change.strings ?? []
        for (member, _) in result where !kept.contains(member) { result[member] = nil }
      }
    }
    return .object(result)
  }

  private static func key(of name: String, in parent: String) -> String? {
    scopedKeys["\(parent).\(name)"] ?? keys[name]
  }

  private static func list(
    _ items: [JSON], into old: [JSON], name: String, parent: String
  ) throws(StatusError) -> [JSON] {
    if sets.contains(name) { return old + items.filter { !old.contains($0) } }
    guard let key = key(of: name, in: parent) else { return items.map(plain) }
    if items.contains(where: { $0["$patch"] == "replace" }) {
      return items.filter { $0["$patch"] == nil }.map(plain)
    }
    var result = old
    var added: [JSON] = []
    for item in items {
      guard let identity = item[key] else {
        throw .badRequest("map: \(item.text()) does not contain declared merge key: \(key)")
      }
      let position = result.firstIndex { $0[key] == identity }
      if item["$patch"] == "delete" {
        if let position { result.remove(at: position) }
      } else if let position {
        result[position] = try merge(item, into: result[position], at: name)
      } else {
        added.append(plain(item))
      }
    }
    // New items come before those that are there, as upstream has it for these kinds.
    return added + result
  }

  /// Items in the order of the directive; those that it does not name keep their place after them.
  private static func ordered(_ items: [JSON], as order: [JSON], key: String?) -> [JSON] {
    func identity(_ item: JSON) -> JSON { key.flatMap { item[$0] } ?? item }
    let wanted = order.map(identity)
    let named = wanted.compactMap { id in items.first { identity($0) == id } }
    return named + items.filter { !wanted.contains(identity($0)) }
  }

  private static func plain(_ value: JSON) -> JSON {
    if let object = value.object { return .object(withoutDirectives(object)) }
    if let items = value.array { return .array(items.map(plain)) }
    return value
  }

  private static func withoutDirectives(_ object: JSONObject) -> JSONObject {
    var result = JSONObject()
    for (name, value) in object where !name.hasPrefix("$") && !value.isNull {
      result[name] = plain(value)
    }
    return result
  }
}
