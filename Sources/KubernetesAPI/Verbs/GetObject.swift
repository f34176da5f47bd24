import HTTP

/// `GET /api/v1/.../RESOURCE/NAME`, also of its status.
enum GetObject {
  /// The object.
  static func respond(to call: KubernetesCall) throws(StatusError) -> HTTPResponse {
    guard let object = call.cluster.store.object(call.kind.resource, call.path.place) else {
      throw .notFound(call.kind.resource, call.path.name)
    }
    return try call.answer(200, object)
  }
}
