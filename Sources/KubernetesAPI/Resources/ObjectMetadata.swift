import JSON
import Platform

/// What the server does with an object's metadata, and what it refuses in them.
struct ObjectMetadata: Sendable {
  let clock: any WallClock
  let randomness: Randomness

  /// The suffix of generated names has no vowel, so that no word comes out.
  private static let suffixCharacters = "bcdfghjklmnpqrstvwxz2456789"

  /// Fills in what the server alone decides, for a new object.
  func prepareForCreate(
    _ object: inout JSONObject, kind: ResourceKind, namespace: String
  ) throws(StatusError) {
    var metadata = object["metadata"]?.object ?? [:]
    if let revision = metadata["resourceVersion"]?.string, !revision.isEmpty {
      throw StatusError(
        500, "", "resourceVersion should not be set on objects to be created")
    }
    if let given = metadata["namespace"]?.string, !given.isEmpty, given.bytes != namespace.bytes {
      throw .badRequest(
        "the namespace of the provided object does not match the namespace sent on the request")
    }
    if (metadata["name"]?.string ?? "").isEmpty,
      let base = metadata["generateName"]?.string, !base.isEmpty
    {
      let suffix = randomness.string(5, from: Self.suffixCharacters)
      metadata["name"] = .string(String(decoding: base.utf8.prefix(58), as: UTF8.self) + suffix)
    }
    if kind.isNamespaced {
      metadata["namespace"] = .string(namespace)
    } else {
      metadata["namespace"] = nil
    }
    for name in ["selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion"] {
      metadata[name] = nil
    }
    metadata["uid"] = .string(randomness.uuid())
    metadata["creationTimestamp"] = .string(clock.now.wholeSeconds.rfc3339)
    // Managed fields are not kept until server-side apply is there.
    metadata["managedFields"] = nil
    object["metadata"] = .object(Self.cleaned(metadata))
  }

  /// Keeps what an update may not change.
  static func prepareForUpdate(
    _ object: inout JSONObject, old: StoredObject
  ) throws(StatusError) {
    var metadata = object["metadata"]?.object ?? [:]
    let before = old.json["metadata"]
    if let uid = metadata["uid"]?.string, !uid.isEmpty, uid.bytes != old.json.objectUID.bytes {
      throw .conflict(
        kind: old.kind.name, group: old.kind.group, name: old.name,
        "Precondition failed: UID in precondition: \(uid), UID in object meta: "
          + old.json.objectUID)
    }
    if let revision = metadata["resourceVersion"]?.string, !revision.isEmpty,
      revision.bytes != "\(old.revision)"
    {
      throw .modified(old.kind, old.name)
    }
    for name in [
      "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
      "deletionGracePeriodSeconds", "generateName",
    ] { metadata[name] = before?[name] }
    metadata["managedFields"] = nil
    metadata["selfLink"] = nil
    object["metadata"] = .object(cleaned(metadata))
  }

  private static let order = [
    "name", "generateName", "namespace", "uid", "resourceVersion", "generation",
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "labels",
    "annotations", "ownerReferences", "finalizers",
  ]
  private static let ordered = Set(order.map(\.bytes))

  /// Without members that are null or empty maps and lists, in the usual order.
  private static func cleaned(_ metadata: JSONObject) -> JSONObject {
    var result = JSONObject()
    for name in order + metadata.names.filter({ !ordered.contains($0.bytes) }) {
      guard let value = metadata[name], !value.isNull, value != [:], value != [] else { continue }
      result[name] = value
    }
    return result
  }

  /// What is wrong with an object's metadata.
  static func objections(_ object: JSONObject, kind: ResourceKind) -> StatusError.Causes {
    var causes: StatusError.Causes = []
    let metadata = object["metadata"]
    let name = metadata?["name"]?.string ?? ""
    if name.isEmpty {
      causes.append(.required("metadata.name", "name or generateName is required"))
    } else if let rule = ObjectNames.objection(toName: name, of: kind) {
      causes.append(.invalidValue("metadata.name", "\"\(name)\"", rule))
    }
    for (key, value) in metadata?["labels"]?.object ?? [:] {
      if let rule = ObjectNames.objection(toKey: key) {
        causes.append(.invalidValue("metadata.labels", "\"\(key)\"", rule))
      }
      let text = value.string ?? ""
      if let rule = ObjectNames.objection(toLabelValue: text) {
        causes.append(.invalidValue("metadata.labels", "\"\(text)\"", rule))
      }
    }
    var size = 0
    for (key, value) in metadata?["annotations"]?.object ?? [:] {
      if let rule = ObjectNames.objection(toKey: key.bytes.asciiLowercased.string) {
        causes.append(.invalidValue("metadata.annotations", "\"\(key)\"", rule))
      }
      size += key.utf8.count + (value.string ?? "").utf8.count
    }
    if size > 262_144 {
      causes.append(.tooLong("metadata.annotations", "may not be more than 262144 bytes"))
    }
    for (index, finalizer) in (metadata?["finalizers"]?.strings ?? []).enumerated() {
      guard !finalizer.bytes.contains("/") || !ObjectNames.isQualifiedName(finalizer) else {
        continue
      }
      if ["foregroundDeletion", "orphan", "kubernetes"].contains(finalizer.bytes) { continue }
      causes.append(
        .invalidValue(
          "metadata.finalizers[\(index)]", "\"\(finalizer)\"",
          "name is neither a standard finalizer name nor is it fully qualified"))
    }
    for owner in metadata?["ownerReferences"]?.array ?? [] {
      for field in ["apiVersion", "kind", "name", "uid"]
      where (owner[field]?.string ?? "").isEmpty {
        let shown = field.bytes == "apiVersion" ? "version" : field
        causes.append(
          .invalidValue("metadata.ownerReferences.\(field)", "\"\"", "\(shown) must not be empty"))
      }
    }
    return causes
  }
}
