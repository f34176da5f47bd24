import HTTP

/// `POST /api/v1/.../RESOURCE`.
enum CreateObject {
  /// Makes the object of the body.
  static func respond(to call: KubernetesCall) async throws(StatusError) -> HTTPResponse {
    let body = try RequestBody.object(of: call.request, kind: call.kind.kind)
    let (object, warnings) = try call.decode(body)
    let isDryRun = try call.isDryRun("CreateOptions")
    // Asked for now, so that nothing is made whose answer cannot be taken.
    _ = try ResponseForm(call.request)
    let stored = try await call.cluster.create(
      call.kind, object, namespace: call.path.namespace, isDryRun: isDryRun)
    return try call.answer(201, stored, warnings: warnings)
  }
}
