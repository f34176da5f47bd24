import CommandCore
import JSON
import PodIdentity

/// How much an event says about what became of its flow.
///
/// The page's big line shows the heaviest: a denial rather than the pod's removal after it. Of what
/// was tried again, the page weighs the last try alone.
enum ConsoleWeight {
  static let operations: [ByteText: Int64] = [
    EventOperation.getCredentials.bytes: 30, EventOperation.assumeRoleForPodIdentity.bytes: 25,
    EventOperation.tokenRequest.bytes: 20,
    EventOperation.volumesWritten.bytes: 21, EventOperation.volumesRenewed.bytes: 21,
    EventOperation.podIdentityMutation.bytes: 10, EventOperation.podRemoved.bytes: 5,
  ]

  /// From 5 (a pod was removed) to 90 (somebody decided against the call).
  static func of(_ event: JSON) -> Int64 {
    let operation = (event["operation"]?.string ?? "").bytes
    let isOfEKSAuth = operation == EventOperation.assumeRoleForPodIdentity.bytes
    switch ConsoleEvent.kind(event).bytes {
    // The agent hands on what EKS Auth refused, without the reason.
    case "denied": return event.eventCheck == .eksAuth ? 60 : 90
    case "failed": return isOfEKSAuth ? 80 : 70
    case "fault" where event["outcome"]?.string?.bytes != EventOutcome.ok.bytes: return 50
    // A pod without credentials: its token for the API server decides nothing.
    case "skipped": return 22
    default: return operations[operation] ?? 40
    }
  }
}
