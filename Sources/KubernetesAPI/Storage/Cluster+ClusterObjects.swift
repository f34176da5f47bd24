import JSON
import Platform

extension Cluster: ClusterObjects {
  func object(
    _ kind: ResourceKind, namespace: String, name: String
  ) async -> JSON? {
    store.object(kind, ObjectPlace(namespace: namespace, name: name))?.json
  }

  func objects(_ kind: ResourceKind) async -> [JSON] {
    store.list(kind, namespace: "").objects.map(\.json)
  }

  func create(
    _ kind: ResourceKind, _ object: JSON
  ) async throws(StatusError) -> JSON {
    try await create(
      kind, object.object ?? [:], namespace: object.objectNamespace
    ).json
  }

  func update(
    _ kind: ResourceKind, _ object: JSON
  ) async throws(StatusError) -> JSON {
    let place = ObjectPlace(namespace: object.objectNamespace, name: object.objectName)
    let wanted = object.object ?? [:]
    let stored = try await store.change(kind, place) { old throws(StatusError) in
      guard let old else { throw .notFound(kind, place.name) }
      guard wanted["metadata"]?["resourceVersion"]?.string?.bytes == "\(old.revision)" else {
        throw .modified(kind, place.name)
      }
      return .object(wanted) == old.json ? .unchanged : .store(wanted)
    }
    guard let stored else { throw .notFound(kind, place.name) }
    return stored.json
  }

  func changes(of kind: ResourceKind) async -> AsyncStream<ObjectChange> {
    AsyncStream { continuation in
      let task = Task {
        // A follower that was cut off begins anew.
        while !Task.isCancelled {
          guard let followed = store.follow(kind, after: nil) else { break }
          for object in followed.existing { continuation.yield(.set(object.json)) }
          for await change in followed.changes {
            if let after = change.after {
              continuation.yield(.set(after.json))
            } else if let before = change.before {
              continuation.yield(.removed(before.json))
            }
          }
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }
}
