import CommandCore
import JSON
import Platform
import PodIdentity

/// Which events belong together: what one pod, or one caller, did without a long pause.
///
/// The page draws a flow hop after hop. Its number grows with each new flow of a stack.
struct ConsoleFlows {
  private struct Flow {
    let number: Int64
    var last: Instant
    var length = 1
    /// When its pod was removed, where it was.
    var removed: Instant?
    /// Whether the pod's app has called anybody.
    var hasCalled = false

    /// Whether what happened at this time is a part of it.
    func takes(_ operation: String, at time: Instant) -> Bool {
      // A later pod of the same name is another one. Servers tell of the same moment in any order,
      // so what was before the removal may be told behind it.
      if let removed, time > removed { return false }
      // An app may be slow to start, and a pod's end belongs to what it did.
      let isSlow = !hasCalled || operation.bytes == EventOperation.podRemoved.bytes
      let pause = isSlow ? ConsoleFlows.longPause : ConsoleFlows.pause
      return time - last < pause && length < ConsoleFlows.longest
    }
  }
  /// After so long a silence of the same pod, what comes is another flow.
  private static let pause = Duration.seconds(10)
  private static let longPause = Duration.seconds(60)
  /// An app that calls on and on is shown in parts.
  private static let longest = 24
  private static let most = 200
  /// Lookups of the servers themselves, and of tools that only look: no flow of anybody's.
  private static let lookups: Set<ByteText> = [
    "ListPodIdentityAssociations", "DescribePodIdentityAssociation", EventOperation.keys.bytes,
    EventOperation.discovery.bytes,
  ]

  /// What happens to a pod before its app begins.
  private static let beginnings: Set<ByteText> = [
    EventOperation.podIdentityMutation.bytes, EventOperation.tokenRequest.bytes,
    EventOperation.volumesWritten.bytes, EventOperation.volumesRenewed.bytes,
  ]

  /// What the kubelet does by itself, for pods that stand for hours: part of a flow, but no beginning.
  private static let renewals: Set<ByteText> = [
    EventOperation.tokenRequest.bytes, EventOperation.volumesRenewed.bytes,
  ]

  private var flows: [ByteText: Flow] = [:]
  /// Whose pod a role's session is, for calls that carry no session tags.
  private var sessions: [ByteText: String] = [:]
  private var count: Int64 = 0

  /// The number of the event's flow; nil where it belongs to none.
  mutating func number(of event: JSON) -> Int64? {
    let operation = event["operation"]?.string ?? ""
    // Seeding, and what podid looks up, is nobody's doing whom the page is about.
    if CallOrigin.of(event) == .stack, event["subject"]?["pod"] == nil {
      return nil
    }
    guard !Self.lookups.contains(operation.bytes), let key = key(of: event),
      let time = event["time"]?.string.flatMap({ Instant(rfc3339: $0) })
    else { return nil }
    var flow: Flow
    if let known = flows[key.bytes], known.takes(operation, at: time) {
      flow = known
      flow.last = max(known.last, time)
      flow.length += 1
    } else {
      if Self.renewals.contains(operation.bytes), event["subject"]?["pod"] != nil { return nil }
      count += 1
      flow = Flow(number: count, last: time)
    }
    if operation.bytes == EventOperation.podRemoved.bytes { flow.removed = time }
    if !Self.beginnings.contains(operation.bytes) { flow.hasCalled = true }
    flows[key.bytes] = flow
    forget(before: time)
    return flow.number
  }

  private mutating func key(of event: JSON) -> String? {
    let caller = event["caller"]?.string
    if let subject = event["subject"], let account = subject["serviceAccount"]?.string {
      let words = [subject["namespace"]?.string ?? "", account, subject["pod"]?.string ?? ""]
      let key = words.joined(separator: "/")
      if let session = event["assumedRole"]?.string { sessions[session.bytes] = key }
      return key
    }
    return caller.map { sessions[$0.bytes] ?? $0 } ?? event["service"]?.string
  }

  private mutating func forget(before time: Instant) {
    if flows.count > Self.most { flows = flows.filter { time - $0.value.last < Self.pause } }
    // A thousand pods at once: those that go on begin another flow.
    if flows.count > Self.most { flows = [:] }
    if sessions.count > Self.most { sessions = [:] }
  }
}
