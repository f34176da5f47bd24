import HTTP

/// `POST .../RESOURCE`.
enum CreateObject {
  /// Makes the object of the body.
  static func respond(to call: KubernetesCall) async throws(StatusError) -> HTTPResponse {
    let options = try WriteOptions(call.query, .create)
    let body = try RequestBody.object(of: call.request, kind: call.kind)
    let (object, warnings) = try call.decode(body, options)
    try NodeIdentity(call.user)?.checkCreation(
      of: object, in: call.path.namespace, kind: call.kind)
    // Asked for now, so that nothing is made whose answer cannot be taken.
    _ = try ResponseForm(call.request)
    let stored = try await call.cluster.create(
      call.kind, object, namespace: call.path.namespace, isDryRun: options.isDryRun)
    return try call.answer(201, stored, warnings: warnings)
  }
}
