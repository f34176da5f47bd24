/// How long a token lives, and what the request for it is told.
struct TokenLifetime: Sendable {
  /// The longest that EKS and upstream's default allow.
  static let longest: Int64 = 86_400
  /// The kubelet's request for an API token, which upstream extends while clients learn to reload.
  static let extendable: Int64 = 3607
  private static let year: Int64 = 365 * 24 * 3600

  /// What the answer shows and `warnafter` is reckoned by.
  let seconds: Int64
  /// What the token says.
  let tokenSeconds: Int64
  /// The text of the `Warning` header, where the wish was shortened.
  let warning: String?

  /// Whether `warnafter` belongs into the token.
  var isExtended: Bool { tokenSeconds != seconds }

  /// The lifetime granted for a wish that passed validation.
  init(requested: Int64, isPodBound: Bool, isForThisServer: Bool) {
    seconds = min(requested, Self.longest)
    warning =
      seconds == requested
      ? nil : "requested expiration of \(requested) seconds shortened to \(seconds) seconds"
    let isExtended = requested == Self.extendable && isPodBound && isForThisServer
    tokenSeconds = isExtended ? Self.year : seconds
  }
}
