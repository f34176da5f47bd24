import HTTP

/// `PUT .../RESOURCE/NAME`, also of its status.
enum UpdateObject {
  /// Puts the body's object in place of the one that is there.
  static func respond(to call: KubernetesCall) async throws(StatusError) -> HTTPResponse {
    let options = try WriteOptions(call.query, .update)
    let body = try RequestBody.object(of: call.request, kind: call.kind)
    let (object, warnings) = try call.decode(body, options)
    _ = try ResponseForm(call.request)
    let node = NodeIdentity(call.user)
    let stored = try await call.cluster.update(
      call.kind, call.path.place, subresource: call.path.subresource, isDryRun: options.isDryRun
    ) { old throws(StatusError) in
      try node?.checkChange(
        of: old, to: object, kind: call.kind, subresource: call.path.subresource)
      return object
    }
    return try call.answer(200, stored, warnings: warnings)
  }
}
