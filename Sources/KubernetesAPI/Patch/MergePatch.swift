import JSON

/// JSON Merge Patch (RFC 7396).
enum MergePatch {
  /// A value with a patch merged into it.
  static func apply(_ patch: JSON, to value: JSON) -> JSON {
    guard let changes = patch.object else { return patch }
    var result = value.object ?? [:]
    for (name, change) in changes where !change.isNull {
      result[name] = apply(change, to: result[name] ?? .null)
    }
    if changes.contains(where: \.value.isNull) {
      result.removeMembers { changes[$0]?.isNull == true }
    }
    return .object(result)
  }
}
