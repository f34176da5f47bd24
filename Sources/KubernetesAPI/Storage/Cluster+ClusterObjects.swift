import JSON
import Platform

extension Cluster: ClusterObjects {
  package func object(
    _ resource: ClusterResource, namespace: String, name: String
  ) async -> JSON? {
    store.object(resource, ObjectPlace(namespace: namespace, name: name))?.json
  }

  package func objects(_ resource: ClusterResource) async -> [JSON] {
    store.list(resource, namespace: "").objects.map(\.json)
  }

  package func create(
    _ resource: ClusterResource, _ object: JSON
  ) async throws(StatusError) -> JSON {
    try await create(
      ResourceKind.of(resource), object.object ?? [:], namespace: object.objectNamespace
    ).json
  }

  package func update(
    _ resource: ClusterResource, _ object: JSON
  ) async throws(StatusError) -> JSON {
    let place = ObjectPlace(namespace: object.objectNamespace, name: object.objectName)
    let wanted = object.object ?? [:]
    let stored = try await store.change(resource, place) { old throws(StatusError) in
      guard let old else { throw .notFound(resource, place.name) }
      guard wanted["metadata"]?["resourceVersion"]?.string == "\(old.revision)" else {
        throw .modified(resource, place.name)
      }
      return .object(wanted) == old.json ? .unchanged : .store(wanted)
    }
    guard let stored else { throw .notFound(resource, place.name) }
    return stored.json
  }

  package func changes(of resource: ClusterResource) async -> AsyncStream<ObjectChange> {
    AsyncStream { continuation in
      let task = Task {
        // A follower that was cut off begins anew.
        while !Task.isCancelled {
          guard let followed = store.follow(resource, after: nil) else { break }
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
