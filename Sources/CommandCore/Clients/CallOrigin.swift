package import JSON
package import Platform
import PodIdentity

/// Whose an event is, as far as the event tells.
package enum CallOrigin {
  /// Whose doing it is.
  package static func of(_ event: JSON) -> EventOrigin {
    event["origin"]?.string.flatMap(EventOrigin.init(named:)) ?? .app
  }

  /// Whether an event of aws-api is about a call that an app made.
  ///
  /// The exchange of a token is the node's call, on whosever behalf it makes it.
  package static func isApp(_ event: JSON) -> Bool {
    of(event) == .app
      && event["operation"]?.string?.bytes != EventOperation.assumeRoleForPodIdentity.bytes
  }

  /// Whether an ARN is that of an account's root.
  package static func isRoot(_ arn: String) -> Bool {
    arn.bytes.hasPrefix("arn:") && arn.bytes.hasSuffix(":root")
  }
}
