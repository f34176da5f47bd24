import HTTP
import JSON
import Synchronization

/// `PATCH /api/v1/.../RESOURCE/NAME`, also of its status.
enum PatchObject {
  private enum Form: String {
    case json = "application/json-patch+json"
    case merge = "application/merge-patch+json"
    case strategic = "application/strategic-merge-patch+json"
  }

  /// Changes the object as the body says.
  static func respond(to call: KubernetesCall) async throws(StatusError) -> HTTPResponse {
    let type = RequestBody.mediaType(of: call.request)
    guard let form = Form(rawValue: type) else {
      var refusal = StatusError.unsupportedMediaType([
        Form.json.rawValue, Form.merge.rawValue, Form.strategic.rawValue,
      ])
      // Differs from AWS: server-side apply is not built.
      if type.hasPrefix("application/apply-patch") {
        refusal.message += "; this server has no server-side apply, client-side apply works"
      }
      throw refusal
    }
    let patch: JSON
    do { patch = try JSON.parse(call.request.body) } catch {
      throw .badRequest("error decoding patch: \(GoJSONError.text(for: call.request.body, error))")
    }
    if form != .json, patch.object == nil {
      throw .badRequest("error decoding patch: json: cannot unmarshal into Go value of type map")
    }
    let isDryRun = try call.isDryRun("PatchOptions")
    let warnings = Mutex<[String]>([])
    _ = try ResponseForm(call.request)
    let stored = try await call.cluster.update(
      call.kind, call.path.place, subresource: call.path.subresource, isDryRun: isDryRun
    ) { old throws(StatusError) in
      let result =
        switch form {
        case .json: try JSONPatch.apply(patch, to: old.json)
        case .merge: MergePatch.apply(patch, to: old.json)
        case .strategic: try StrategicMergePatch.apply(patch, to: old.json)
        }
      guard let object = result.object else { throw .badRequest("the patch leaves no object") }
      try check(object, old: old, kind: call.kind)
      let decoded = try call.decode(object)
      warnings.withLock { $0 = decoded.warnings }
      return decoded.object
    }
    return try call.answer(200, stored, warnings: warnings.withLock { $0 })
  }

  private static func check(
    _ object: JSONObject, old: StoredObject, kind: ResourceKind
  ) throws(StatusError) {
    if let uid = object["metadata"]?["uid"]?.string, uid != old.json.objectUID {
      throw .invalid(
        kind: kind.kind, group: "", name: old.name,
        .invalidValue("metadata.uid", "\"\(uid)\"", "field is immutable"))
    }
    for member in ["kind", "apiVersion"] where object[member] != old.json[member] {
      throw .badRequest("the \(member) of the object cannot be changed")
    }
  }
}
