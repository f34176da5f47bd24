import AWSClient
import CommandCore
import JSON
import PodIdentity
import Synchronization

/// The associations on the page, and the events of EKS on their way to it.
///
/// Reading associations is itself a call that EKS tells of. Such events are held while the console
/// reads, and its own left out: the page would answer itself for ever.
final class ConsoleAssociations: Sendable {
  private let hub: ConsoleHub
  private let access: StackAccess
  private let stack: StackInfo
  private let state = Mutex(ConsoleReading())
  private let wishes: AsyncStream<Void>
  private let wish: AsyncStream<Void>.Continuation

  /// The associations of a stack's cluster.
  init(hub: ConsoleHub, access: StackAccess, stack: StackInfo) {
    self.hub = hub
    self.access = access
    self.stack = stack
    (wishes, wish) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Asks for a new reading.
  func refresh() { wish.yield() }

  /// Passes an event on to the hub.
  func take(_ event: JSON, isLive: Bool) {
    let operation = event["operation"]?.string ?? ""
    if state.withLock({ $0.passes(event, isLive: isLive) }) { hub.note(event, isLive: isLive) }
    if Self.changes.contains(operation.bytes) { refresh() }
  }

  private static let changes: Set<ByteText> = [
    "CreatePodIdentityAssociation", "UpdatePodIdentityAssociation",
    "DeletePodIdentityAssociation", EventOperation.annotationAssociation.bytes,
  ]

  /// Reads whenever it is asked for, until cancelled.
  func run() async {
    for await _ in wishes {
      state.withLock { $0.begin() }
      if let list = await read() { hub.set("associations", .array(list)) }
      for event in state.withLock({ $0.end() }) { hub.note(event, isLive: true) }
    }
  }

  /// The associations with their roles; nil where EKS cannot be asked.
  private func read() async -> [JSON]? {
    guard let aws = try? access.aws(stack) else { return nil }
    let note: (String) -> Void = { id in
      self.state.withLock { $0.note(own: id) }
    }
    do throws(AWSFailure) {
      let list = try await aws.rest(
        "eks", "GET", EKSPath.associations(in: stack.cluster), noting: note)
      var found: [JSON] = []
      for summary in (list["associations"]?.array ?? []).prefix(100) {
        let id = summary["associationId"]?.string ?? ""
        // One that was removed in between is left out.
        let whole = try? await aws.rest(
          "eks", "GET", EKSPath.association(id, in: stack.cluster), noting: note)
        guard let association = whole?["association"] else { continue }
        found.append(Self.json(id, association))
      }
      return Self.sorted(found)
    } catch { return nil }
  }

  /// An association as the page lists it.
  static func json(_ id: String, _ association: JSON) -> JSON {
    [
      "id": .string(id),
      "account": .string(
        "\(association["namespace"]?.string ?? "")/"
          + (association["serviceAccount"]?.string ?? "")),
      "role": association["roleArn"] ?? "", "target": association["targetRoleArn"] ?? "",
    ]
  }

  /// The list by its accounts.
  static func sorted(_ list: [JSON]) -> [JSON] {
    list.sorted { ($0["account"]?.string ?? "").bytes < ($1["account"]?.string ?? "").bytes }
  }
}
