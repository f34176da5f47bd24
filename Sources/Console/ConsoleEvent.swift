import CommandCore
import JSON
import PodIdentity

/// An event as the page is told of it: only what is named here is copied out.
///
/// Whatever else a server may put into its events some day stays off the page.
enum ConsoleEvent {
  private static let texts = [
    "time", "service", "operation", "outcome", "check", "reason", "caller", "role", "assumedRole",
    "association", "bucket", "key", "fault",
  ]
  private static let subject = ["namespace", "serviceAccount", "pod"]
  private static let header = ["alg", "kid", "typ"]
  private static let claims = ["aud", "exp", "iat", "iss", "jti", "nbf", "sub"]
  /// Objects in the claim kubernetes.io, which have a name and a UID.
  private static let bound = ["node", "pod", "secret", "serviceaccount"]
  private static let tags = [
    "eks-cluster-arn", "eks-cluster-name", "kubernetes-namespace", "kubernetes-service-account",
    "kubernetes-pod-name", "kubernetes-pod-uid",
  ]

  /// What became of a call, in one of the words the page has signs for.
  static func kind(_ event: JSON) -> String {
    let outcome = (event["outcome"]?.string ?? "").bytes
    if event.eventCheck == .fault { return "fault" }
    if outcome == EventOutcome.ok.bytes { return event["fault"] == nil ? "ok" : "fault" }
    if [EventOutcome.skipped, EventOutcome.ignored].contains(outcome) { return "skipped" }
    // The agent's 5xx: EKS Auth was not there to decide.
    if event.eventCheck == .eksAuth, outcome.hasPrefix("5") { return "failed" }
    guard event["check"]?.string != nil else { return "failed" }
    return event.eventCheck?.isDecision == false ? "failed" : "denied"
  }

  /// The event's members that the page needs; `isLive` where it happens now.
  static func json(_ event: JSON, isLive: Bool) -> JSON {
    var copy = JSONObject()
    for name in texts { copy[name] = event[name]?.string.map(JSON.string) }
    copy["subject"] = picked(event["subject"], subject)
    copy["durationMicroseconds"] = event["durationMicroseconds"]?.integer.map(JSON.integer)
    copy["cached"] = event["cached"]?.bool.map(JSON.bool)
    copy["header"] = picked(event["header"], header)
    copy["claims"] = claims(event["claims"])
    copy["sessionTags"] = picked(event["sessionTags"], tags)
    copy["kind"] = .string(kind(event))
    copy["weight"] = .integer(ConsoleWeight.of(event))
    copy["way"] = .strings(ConsoleWay.of(event).map(\.rawValue))
    copy["live"] = .bool(isLive)
    return .object(copy)
  }

  /// The claims, with the objects that the token is bound to as `kubernetes.io/pod/name`.
  private static func claims(_ json: JSON?) -> JSON? {
    guard var copy = picked(json, claims)?.object else { return nil }
    let own = json?["kubernetes.io"]
    copy["kubernetes.io/namespace"] = scalar(own?["namespace"])
    for name in bound {
      copy["kubernetes.io/\(name)/name"] = scalar(own?[name]?["name"])
      copy["kubernetes.io/\(name)/uid"] = scalar(own?[name]?["uid"])
    }
    copy["kubernetes.io/warnafter"] = scalar(own?["warnafter"])
    return .object(copy)
  }

  private static func picked(_ json: JSON?, _ names: [String]) -> JSON? {
    guard let json, json.object != nil else { return nil }
    var copy = JSONObject()
    for name in names { copy[name] = scalar(json[name]) }
    return .object(copy)
  }

  /// A text, a number or a list of texts; nothing that could hold more.
  private static func scalar(_ json: JSON?) -> JSON? {
    switch json {
    case .string, .integer: json
    default: json?.strings.map(JSON.strings)
    }
  }
}
