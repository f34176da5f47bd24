import JSON

/// What a kind does with its own members: defaults, what an update may change, and what is refused.
protocol KindRules: Sendable {
  /// Fills in what may be missing from a new object.
  func prepareForCreate(_ object: inout JSONObject)

  /// Keeps what an update may not change.
  func prepareForUpdate(_ object: inout JSONObject, old: JSON)

  /// What is wrong with an object; `old` is nil for a new one.
  func objections(
    _ object: JSONObject, old: JSON?, limits: ObjectLimits
  ) -> StatusError.Causes
}

extension KindRules {
  func prepareForCreate(_ object: inout JSONObject) {}
  func prepareForUpdate(_ object: inout JSONObject, old: JSON) {}
  func objections(
    _ object: JSONObject, old: JSON?, limits: ObjectLimits
  ) -> StatusError.Causes { [] }
}

/// Bounds of valid objects that the server's settings name.
struct ObjectLimits: Sendable {
  /// The shortest lifetime of tokens that pods project, in seconds.
  var minimumTokenSeconds: Int64 = 600
}

/// The rules of a kind that has none.
struct NoRules: KindRules, NodeRules {}
