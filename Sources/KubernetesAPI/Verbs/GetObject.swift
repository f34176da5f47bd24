import HTTP

/// `GET .../RESOURCE/NAME`, also of its status.
enum GetObject {
  /// The object.
  static func respond(to call: KubernetesCall) throws(StatusError) -> HTTPResponse {
    do throws(ResourceVersionFailure) {
      _ = try ResourceVersion.parse(call.query["resourceVersion"] ?? "")
    } catch { throw error.answer }
    guard let object = call.cluster.store.object(call.kind, call.path.place) else {
      throw .notFound(call.kind, call.path.name)
    }
    return try call.answer(200, object)
  }
}
