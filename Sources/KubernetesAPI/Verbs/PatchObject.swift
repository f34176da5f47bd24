import HTTP
import JSON
import Synchronization

/// `PATCH .../RESOURCE/NAME`, also of its status.
enum PatchObject {
  private enum Form: String, CaseIterable {
    case json = "application/json-patch+json"
    case merge = "application/merge-patch+json"
    case strategic = "application/strategic-merge-patch+json"
  }

  /// Changes the object as the body says.
  static func respond(to call: KubernetesCall) async throws(StatusError) -> HTTPResponse {
    let type = RequestBody.mediaType(of: call.request)
    guard let form = Form(named: type) else {
      var refusal = StatusError.unsupportedMediaType([
        Form.json.rawValue, Form.merge.rawValue, Form.strategic.rawValue,
      ])
      // Differs from AWS: server-side apply is not built.
      if type.bytes.hasPrefix("application/apply-patch") {
        refusal.message += "; this server has no server-side apply, client-side apply works"
      }
      throw refusal
    }
    let options = try WriteOptions(call.query, .patch)
    let patch: JSON
    do { patch = try JSON.parse(call.request.body) } catch {
      throw .badRequest(
        "error decoding patch: \(GoJSONText.objection(to: call.request.body, error))")
    }
    let isRight = form == .json ? patch.array != nil : patch.object != nil
    guard isRight else {
      let type = form == .json ? "[]handlers.jsonPatchOp" : "map[string]interface {}"
      throw .badRequest(
        "error decoding patch: json: cannot unmarshal \(GoJSONText.typeName(patch)) into Go value "
          + "of type \(type)")
    }
    let warnings = Mutex<[String]>([])
    _ = try ResponseForm(call.request)
    let node = NodeIdentity(call.user)
    let stored = try await call.cluster.update(
      call.kind, call.path.place, subresource: call.path.subresource, isDryRun: options.isDryRun
    ) { old throws(StatusError) in
      let result =
        switch form {
        case .json: try JSONPatch.apply(patch, to: old.json)
        case .merge: MergePatch.apply(patch, to: old.json)
        case .strategic: try StrategicMergePatch(call.kind).apply(patch, to: old.json)
        }
      guard let object = result.object else { throw .badRequest("the patch leaves no object") }
      try check(object, old: old, kind: call.kind)
      let decoded = try call.decode(object, options)
      warnings.withLock { $0 = decoded.warnings }
      try node?.checkChange(
        of: old, to: decoded.object, kind: call.kind,
        subresource: call.path.subresource)
      return decoded.object
    }
    return try call.answer(200, stored, warnings: warnings.withLock { $0 })
  }

  private static func check(
    _ object: JSONObject, old: StoredObject, kind: ResourceKind
  ) throws(StatusError) {
    if let uid = object["metadata"]?["uid"]?.string, uid.bytes != old.json.objectUID.bytes {
      throw .invalid(
        kind: kind.kind, group: kind.group, name: old.name,
        .invalidValue("metadata.uid", "\"\(uid)\"", "field is immutable"))
    }
    for member in ["kind", "apiVersion"] where object[member] != old.json[member] {
      throw .badRequest("the \(member) of the object cannot be changed")
    }
  }
}
