import JSON

/// JSON Merge Patch (RFC 7396).
enum MergePatch {
  /// A value with a patch merged into it.
  static func apply(_ patch: JSON, to value: JSON) -> JSON {
    guard let changes = patch.object else { return patch }
    var result = value.object ?? [:]
    for (name, change) in changes {
      if change.isNull {
        result[name] = nil
      } else {
        result[name] = apply(change, to: result[name] ?? .null)
      }
    }
    return .object(result)
  }
}
