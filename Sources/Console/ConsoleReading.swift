import CommandCore
import JSON
import PodIdentity

/// Which events of EKS are about the console's own reading of associations.
struct ConsoleReading {
  private static let operations: Set<ByteText> = [
    "ListPodIdentityAssociations", "DescribePodIdentityAssociation",
  ]
  private var isReading = false
  /// Events that came meanwhile, and may be the console's own.
  private var held: [JSON] = []
  /// The console's own calls that EKS has yet to tell of.
  private var own: Set<ByteText> = []

  /// Whether an event is to be shown at once.
  mutating func passes(_ event: JSON, isLive: Bool) -> Bool {
    guard Self.operations.contains((event["operation"]?.string ?? "").bytes),
      event.eventServer == .awsAPI
    else { return true }
    // Of what was read before this console came, much was read by those before it.
    guard isLive else { return false }
    if let id = event["requestId"]?.string, own.remove(id.bytes) != nil { return false }
    guard isReading else { return true }
    held.append(event)
    return false
  }

  /// Notes the id of a call that the console made.
  mutating func note(own id: String) {
    // A server that was away tells of nothing any more.
    if own.count > 10_000 { own = [] }
    own.insert(id.bytes)
  }

  /// Holds such events from now on.
  mutating func begin() { isReading = true }

  /// Lets them go; those that are somebody else's, in their order.
  mutating func end() -> [JSON] {
    isReading = false
    defer { held = [] }
    return held.filter { event in
      event["requestId"]?.string.map { own.remove($0.bytes) == nil } ?? true
    }
  }
}
