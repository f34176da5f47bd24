import CommandCore
import JSON
import Platform
import PodIdentity

/// Calls that an app made as the account's root: keys of its own win over the pod's role.
enum RootCalls {
  private static let age = Duration.seconds(600)
  /// The services that operators call as the root, apps seldom.
  private static let services: Set<ByteText> = ["iam", "eks"]

  /// What is worth telling of the last ten minutes.
  static func warnings(_ admins: [AdminClient], now: Instant) async -> [ExplainWarning] {
    guard let admin = admins.server(.awsAPI),
      let events = try? await admin.events()
    else { return [] }
    return warnings(of: events, now: now)
  }

  /// What is worth telling of these events of aws-api.
  static func warnings(of events: [JSON], now: Instant) -> [ExplainWarning] {
    let since = (now - age).rfc3339Milli.bytes
    let calls = events.filter { event in
      let operation = event["operation"]?.string ?? ""
      return (event["time"]?.string ?? "").bytes >= since
        && CallOrigin.isRoot(event["caller"]?.string ?? "") && CallOrigin.isApp(event)
        && !(AWSOperations.service(of: operation).map { services.contains($0.bytes) } ?? false)
    }
    guard let last = calls.last else { return [] }
    let count = calls.count == 1 ? "1 call" : "\(calls.count) calls"
    return [
      ExplainWarning(
        hop: "root calls",
        text: "\(count) as the account's root lately, the last "
          + "\(last["operation"]?.string ?? "") at \(last["time"]?.string ?? ""): an app that made "
          + "them has keys of its own, which come before the pod's role; podid callers tells all")
    ]
  }
}
