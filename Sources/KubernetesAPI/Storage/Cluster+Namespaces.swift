import JSON
import Platform

/// The end of namespaces: marked, emptied, removed.
extension Cluster {
  private static let kept = ["default", "kube-system", "kube-public", "kube-node-lease"]

  /// Marks a namespace, removes what is in it, then itself; objects with finalizers hold it.
  func deleteNamespace(
    _ place: ObjectPlace, preconditions: JSON?, isDryRun: Bool
  ) async throws(StatusError) -> StoredObject {
    guard !Self.kept.contains(place.name.bytes) else {
      throw .forbidden(.namespaces, place.name, "this namespace may not be deleted")
    }
    let now = clock.now.wholeSeconds.rfc3339
    let marked = try await store.change(.namespaces, place, isDryRun: isDryRun) {
      old throws(StatusError) in
      guard let old else { throw .notFound(.namespaces, place.name) }
      if let uid = preconditions?["uid"]?.string, uid.bytes != old.json.objectUID.bytes {
        throw .conflict(
          kind: "Namespace", group: "", name: place.name,
          "the UID in the precondition (\(uid)) does not match the UID in record "
            + "(\(old.json.objectUID)). The object might have been deleted and then recreated")
      }
      guard !old.json.isBeingDeleted, var object = old.json.object else { return .unchanged }
      object.edit("metadata") { $0["deletionTimestamp"] = .string(now) }
      object["status"] = ["phase": "Terminating"]
      return .store(object)
    }
    guard let marked else { throw .notFound(.namespaces, place.name) }
    if !isDryRun { await emptyNamespace(place.name) }
    return marked
  }

  private func emptyNamespace(_ name: String) async {
    for kind in ResourceKind.all where kind.isNamespaced {
      for object in store.list(kind, namespace: name).objects {
        // What is gone meanwhile, or held, is no failure of this.
        _ = try? await delete(kind, object.key)
      }
    }
    await finishNamespace(name)
  }

  /// Removes a namespace that is marked, as soon as nothing is in it.
  func finishNamespace(_ name: String) async {
    let place = ObjectPlace(namespace: "", name: name)
    guard let namespace = store.object(.namespaces, place), namespace.json.isBeingDeleted else {
      return
    }
    _ = try? await store.change(.namespaces, place) { old throws(StatusError) in
      guard let old, old.json.isBeingDeleted, Self.finalizers(old.json).isEmpty else {
        return .unchanged
      }
      let isEmpty = ResourceKind.all.allSatisfy {
        !$0.isNamespaced || self.store.list($0, namespace: name).objects.isEmpty
      }
      return isEmpty ? .remove : .unchanged
    }
  }

  /// Goes on with namespaces that were marked when the server stopped.
  func resumeNamespaceDeletions() async {
    for namespace in store.list(.namespaces, namespace: "").objects
    where namespace.json.isBeingDeleted {
      await emptyNamespace(namespace.name)
    }
  }
}
