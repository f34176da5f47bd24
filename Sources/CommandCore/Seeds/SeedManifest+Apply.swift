import JSON
import KubernetesClient

extension SeedManifest {
  /// So often another may write the object between our reading it and our change.
  private static let attempts = 20

  /// Makes the object, or changes it to what the manifest says; which it was.
  func apply(to kubernetes: KubernetesClient) async throws(KubernetesError) -> SeedOutcome {
    var attempt = 1
    while true {
      let before: JSON
      do throws(KubernetesError) { before = try await kubernetes.get(objectPath) } catch {
        guard error.code == 404 else { throw error }
        _ = try await kubernetes.create(path, object)
        return .created
      }
      let revision = before.at("metadata", "resourceVersion")
      // Of what we read, and nothing newer: the node writes the status of a pod whenever it likes, and
      // that would be taken for the seed's change.
      var body = object.object ?? [:]
      var metadata = body["metadata"]?.object ?? [:]
      metadata["resourceVersion"] = revision
      body["metadata"] = .object(metadata)
      do throws(KubernetesError) {
        let after = try await kubernetes.send(
          "PATCH", objectPath, body: .object(body),
          contentType: "application/strategic-merge-patch+json")
        return after.at("metadata", "resourceVersion") == revision ? .unchanged : .updated
      } catch {
        guard error.code == 409, attempt < Self.attempts else { throw error }
        attempt += 1
      }
    }
  }
}
