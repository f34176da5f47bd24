import HTTP
import JSON
import Platform

/// `DELETE .../RESOURCE[/NAME]`.
enum DeleteObject {
  /// Removes one object.
  static func respond(to call: KubernetesCall) async throws(StatusError) -> HTTPResponse {
    let options = try DeleteOptions(call.request, call.query)
    if let node = NodeIdentity(call.user),
      let object = call.cluster.store.object(call.kind, call.path.place)
    {
      try node.checkDeletion(of: object, kind: call.kind)
    }
    let stored = try await call.cluster.delete(
      call.kind, call.path.place, preconditions: options.preconditions,
      isDryRun: options.isDryRun)
    let remains = call.cluster.store.object(call.kind, call.path.place) != nil
    if call.kind.deletionAnswer == .status, !remains || options.isDryRun {
      var details: JSONObject = ["name": .string(stored.name)]
      if !call.kind.group.isEmpty { details["group"] = .string(call.kind.group) }
      details["kind"] = .string(call.kind.name)
      details["uid"] = .string(stored.json.objectUID)
      let status: JSON = [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
        "details": .object(details),
      ]
      return KubernetesCall.json(200, status.bytes())
    }
    guard call.kind.deletionAnswer == .objectBeingDeleted, !remains, var object = stored.json.object
    else {
      return try call.answer(200, stored)
    }
    object.edit("metadata") {
      $0["deletionTimestamp"] = .string(call.cluster.clock.now.wholeSeconds.rfc3339)
      $0["deletionGracePeriodSeconds"] = 0
    }
    return try call.answer(200, StoredObject(call.kind, object, revision: stored.revision))
  }

  /// Removes the objects that a list with the same options would show.
  static func respondToCollection(
    _ call: KubernetesCall
  ) async throws(StatusError) -> HTTPResponse {
    let wanted = try ListOptions(call.query, kind: call.kind)
    try wanted.checkForList()
    let options = try DeleteOptions(call.request, call.query)
    let page = try ListObjects.page(of: call, wanted)
    if let node = NodeIdentity(call.user) {
      for object in page.objects {
        try node.checkDeletion(of: object, kind: call.kind)
      }
    }
    var removed: [StoredObject] = []
    for object in page.objects {
      do throws(StatusError) {
        _ = try await call.cluster.delete(call.kind, object.key, isDryRun: options.isDryRun)
        removed.append(object)
      } catch  where error.code == 404 {
        // Somebody else was quicker.
      }
    }
    return KubernetesCall.json(
      200,
      ListObjects.bytes(
        removed, kind: call.kind, revision: call.cluster.store.revision, rest: page.rest))
  }
}
