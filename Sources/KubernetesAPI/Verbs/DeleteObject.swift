import HTTP
import JSON
import Platform

/// `DELETE /api/v1/.../RESOURCE[/NAME]`.
enum DeleteObject {
  /// Removes one object.
  static func respond(to call: KubernetesCall) async throws(StatusError) -> HTTPResponse {
    let options = try options(of: call)
    let isDryRun = try call.isDryRun("DeleteOptions", body: options)
    let stored = try await call.cluster.delete(
      call.kind, call.path.place, preconditions: options["preconditions"], isDryRun: isDryRun)
    let remains = call.cluster.store.object(call.kind.resource, call.path.place) != nil
    if call.kind.deletesToStatus, !remains || isDryRun {
      let status: JSON = [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
        "details": [
          "name": .string(stored.name), "kind": .string(call.kind.name),
          "uid": .string(stored.json.objectUID),
        ],
      ]
      return KubernetesCall.json(200, status.bytes())
    }
    guard call.kind.resource == .pods, !remains, var object = stored.json.object else {
      return try call.answer(200, stored)
    }
    object.edit("metadata") {
      $0["deletionTimestamp"] = .string(call.cluster.clock.now.wholeSeconds.rfc3339)
      $0["deletionGracePeriodSeconds"] = 0
    }
    return try call.answer(200, StoredObject(.pods, object, revision: stored.revision))
  }

  /// Removes all objects that a list with the same selectors would show.
  static func respondToCollection(
    _ call: KubernetesCall
  ) async throws(StatusError) -> HTTPResponse {
    let filter = try call.filter()
    let options = try options(of: call)
    let isDryRun = try call.isDryRun("DeleteOptions", body: options)
    let found = call.cluster.store.list(call.kind.resource, namespace: call.path.namespace)
    var removed: [StoredObject] = []
    for object in found.objects where filter.matches(object) {
      do throws(StatusError) {
        _ = try await call.cluster.delete(call.kind, object.key, isDryRun: isDryRun)
        removed.append(object)
      } catch  where error.code == 404 {
        // Somebody else was quicker.
      }
    }
    return KubernetesCall.json(
      200, ListObjects.bytes(removed, kind: call.kind, revision: call.cluster.store.revision))
  }

  private static func options(of call: KubernetesCall) throws(StatusError) -> JSONObject {
    let options = try RequestBody.deleteOptions(of: call.request)
    let policy = options["propagationPolicy"]?.string ?? call.query["propagationPolicy"] ?? ""
    let policies = ["Foreground", "Background", "Orphan"]
    guard policy.isEmpty || policies.contains(policy) else {
      throw .invalid(
        kind: "DeleteOptions", group: "meta.k8s.io", name: "",
        .unsupported("propagationPolicy", policy, policies + ["nil"]))
    }
    return options
  }
}
