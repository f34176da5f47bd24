import JSON
import Platform
import Synchronization

/// The cluster: its objects, and what happens to each on the way in.
final class Cluster: Sendable {
  let store: ObjectStore
  let clock: any WallClock
  let metadata: ObjectMetadata
  /// Bounds of valid objects, as `--min-token-seconds` says.
  private let limits: ObjectLimits
  /// What is done to new pods; set once, before the first request, for it needs the cluster itself.
  private let podCreation = Mutex<PodCreation?>(nil)

  /// A cluster over a store.
  init(
    store: ObjectStore, clock: any WallClock, randomness: Randomness,
    limits: ObjectLimits = ObjectLimits()
  ) {
    self.limits = limits
    self.store = store
    self.clock = clock
    metadata = ObjectMetadata(clock: clock, randomness: randomness)
  }

  /// Sets what is done to new pods.
  func admitPods(with admission: PodCreation) { podCreation.withLock { $0 = admission } }

  /// Makes an object.
  func create(
    _ kind: ResourceKind, _ given: JSONObject, namespace: String, isDryRun: Bool = false
  ) async throws(StatusError) -> StoredObject {
    var object = given
    try metadata.prepareForCreate(&object, kind: kind, namespace: namespace)
    kind.rules.prepareForCreate(&object)
    let name = object["metadata"]?["name"]?.string ?? ""
    if kind.isNamespaced { try checkNamespace(namespace, for: kind, name: name) }
    if kind == .pods, let admission = podCreation.withLock({ $0 }) {
      // Admission comes before validation, as upstream has it; it needs the spec to be one.
      guard object["spec"]?.object != nil else {
        throw .invalid(kind: kind.kind, group: kind.group, name: name, .required("spec.containers"))
      }
      var pod = JSON.object(object)
      try await admission.admit(&pod, namespace: namespace)
      object = pod.object ?? object
    }
    let causes =
      ObjectMetadata.objections(object, kind: kind)
      + kind.rules.objections(object, old: nil, limits: limits)
    guard causes.isEmpty else {
      throw .invalid(kind: kind.kind, group: kind.group, name: name, causes: causes)
    }
    let new = object
    let stored = try await store.change(
      kind, ObjectPlace(namespace: kind.isNamespaced ? namespace : "", name: name),
      isDryRun: isDryRun
    ) { old throws(StatusError) in
      guard old == nil else { throw .alreadyExists(kind, name) }
      // Looked at again where changes are in order: it may have gone in between.
      if kind.isNamespaced { try self.checkNamespace(namespace, for: kind, name: name) }
      return .store(new)
    }
    guard let stored else { throw .internalError("\(kind.name) \(name) was not stored") }
    return stored
  }

  /// Changes an object as `edit` says from its current state; the last state where that removes it.
  func update(
    _ kind: ResourceKind, _ place: ObjectPlace, subresource: String = "", isDryRun: Bool = false,
    _ edit: @escaping @Sendable (StoredObject) throws(StatusError) -> JSONObject
  ) async throws(StatusError) -> StoredObject {
    let stored = try await store.change(kind, place, isDryRun: isDryRun) {
      [limits] old throws(StatusError) in
      guard let old else { throw .notFound(kind, place.name) }
      var object = try edit(old)
      try Self.checkIdentity(object, kind: kind, old: old)
      try ObjectMetadata.prepareForUpdate(&object, old: old)
      object.keepParts(of: old, subresource: subresource)
      kind.rules.prepareForUpdate(&object, old: old.json)
      try ObjectMetadata.prepareForUpdate(&object, old: old)
      var causes = ObjectMetadata.objections(object, kind: kind)
      if subresource.isEmpty {
        causes += kind.rules.objections(object, old: old.json, limits: limits)
      }
      if old.json.isBeingDeleted {
        let kept = Set(Self.finalizers(old.json).map(\.bytes))
        let added = Self.finalizers(.object(object)).filter { !kept.contains($0.bytes) }
        if !added.isEmpty {
          let list = added.map { "\"\($0)\"" }.joined(separator: ", ")
          causes.append(
            .forbidden(
              "metadata.finalizers",
              "no new finalizers can be added if the object is being deleted, found new "
                + "finalizers []string{\(list)}"))
        }
        if causes.isEmpty, Self.finalizers(.object(object)).isEmpty,
          kind != .namespaces
        {
          return .remove
        }
      }
      guard causes.isEmpty else {
        throw .invalid(kind: kind.kind, group: kind.group, name: place.name, causes: causes)
      }
      object.edit("metadata") { $0["resourceVersion"] = .string("\(old.revision)") }
      object["kind"] = .string(kind.kind)
      object["apiVersion"] = .string(kind.apiVersion)
      return .object(object) == old.json ? .unchanged : .store(object)
    }
    guard let stored else { throw .notFound(kind, place.name) }
    if kind.isNamespaced, stored.json.isBeingDeleted { await finishNamespace(place.namespace) }
    return stored
  }

  /// Removes an object, or marks it where finalizers hold it; the state that DELETE answers with.
  // Differs from AWS: pods go at once, for no container has to be stopped first.
  func delete(
    _ kind: ResourceKind, _ place: ObjectPlace, preconditions: JSON? = nil, isDryRun: Bool = false
  ) async throws(StatusError) -> StoredObject {
    if kind == .namespaces {
      return try await deleteNamespace(place, preconditions: preconditions, isDryRun: isDryRun)
    }
    let now = clock.now.wholeSeconds.rfc3339
    let stored = try await store.change(kind, place, isDryRun: isDryRun) {
      old throws(StatusError) in
      guard let old else { throw .notFound(kind, place.name) }
      try Self.check(preconditions, kind: kind, old: old)
      guard !Self.finalizers(old.json).isEmpty else { return .remove }
      guard !old.json.isBeingDeleted, var object = old.json.object else { return .unchanged }
      object.edit("metadata") {
        $0["deletionTimestamp"] = .string(now)
        $0["deletionGracePeriodSeconds"] = 0
      }
      return .store(object)
    }
    guard let stored else { throw .notFound(kind, place.name) }
    if kind.isNamespaced { await finishNamespace(place.namespace) }
    return stored
  }

  static func finalizers(_ object: JSON) -> [String] {
    object.at("metadata", "finalizers")?.strings ?? []
  }

  private static func checkIdentity(
    _ object: JSONObject, kind: ResourceKind, old: StoredObject
  ) throws(StatusError) {
    let metadata = object["metadata"]
    if let name = metadata?["name"]?.string, !name.isEmpty, name.bytes != old.name.bytes {
      throw .badRequest(
        "the name of the object (\(name)) does not match the name on the URL (\(old.name))")
    }
    if let namespace = metadata?["namespace"]?.string, !namespace.isEmpty, kind.isNamespaced,
      namespace.bytes != old.namespace.bytes
    {
      throw .badRequest(
        "the namespace of the object (\(namespace)) does not match the namespace on the request "
          + "(\(old.namespace))")
    }
  }

  private static func check(
    _ preconditions: JSON?, kind: ResourceKind, old: StoredObject
  ) throws(StatusError) {
    if let uid = preconditions?["uid"]?.string, uid.bytes != old.json.objectUID.bytes {
      throw .conflict(
        kind: kind.kind, group: kind.group, name: old.name,
        "the UID in the precondition (\(uid)) does not match the UID in record "
          + "(\(old.json.objectUID)). The object might have been deleted and then recreated")
    }
    if let revision = preconditions?["resourceVersion"]?.string, revision.bytes != "\(old.revision)"
    {
      throw .conflict(
        kind: kind.kind, group: kind.group, name: old.name,
        "the ResourceVersion in the precondition (\(revision)) does not match the ResourceVersion "
          + "in record (\(old.revision)). The object might have been modified")
    }
  }

  private func checkNamespace(
    _ namespace: String, for kind: ResourceKind, name: String
  ) throws(StatusError) {
    guard let found = store.object(.namespaces, ObjectPlace(namespace: "", name: namespace)) else {
      throw .notFound(.namespaces, namespace)
    }
    guard found.json.isBeingDeleted else { return }
    let cause = StatusError.Cause(
      reason: "NamespaceTerminating", message: "namespace \(namespace) is being terminated",
      field: "metadata.namespace")
    throw .forbidden(
      resource: kind.name, group: kind.group, name: name,
      "unable to create new content in namespace \(namespace) because it is being terminated",
      causes: [cause])
  }
}
