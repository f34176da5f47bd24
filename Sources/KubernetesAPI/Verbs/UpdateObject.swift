import HTTP

/// `PUT /api/v1/.../RESOURCE/NAME`, also of its status.
enum UpdateObject {
  /// Puts the body's object in place of the one that is there.
  static func respond(to call: KubernetesCall) async throws(StatusError) -> HTTPResponse {
    let body = try RequestBody.object(of: call.request, kind: call.kind.kind)
    let (object, warnings) = try call.decode(body)
    let isDryRun = try call.isDryRun("UpdateOptions")
    _ = try ResponseForm(call.request)
    let stored = try await call.cluster.update(
      call.kind, call.path.place, subresource: call.path.subresource, isDryRun: isDryRun
    ) { _ in object }
    return try call.answer(200, stored, warnings: warnings)
  }
}
