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
  private struct State {
    var isReading = false
    var held: [(event: JSON, isLive: Bool)] = []
    /// The console's own calls that EKS has yet to tell of.
    var own: Set<String> = []
  }
  private let hub: ConsoleHub
  private let access: StackAccess
  private let stack: StackInfo
  private let state = Mutex(State())
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
    let passes = state.withLock { state in
      guard Self.reads.contains(operation), event.eventServer == .awsAPI else { return true }
      // Of what was read before this console came, much was read by those before it.
      guard isLive else { return false }
      if let id = event["requestId"]?.string, state.own.remove(id) != nil { return false }
      guard state.isReading else { return true }
      state.held.append((event, isLive))
      return false
    }
    if passes { hub.note(event, isLive: isLive) }
    if Self.changes.contains(operation) { refresh() }
  }

  private static let reads: Set<String> = [
    "ListPodIdentityAssociations", "DescribePodIdentityAssociation",
  ]
  private static let changes: Set<String> = [
    "CreatePodIdentityAssociation", "UpdatePodIdentityAssociation",
    "DeletePodIdentityAssociation", EventOperation.annotationAssociation,
  ]

  /// Reads whenever it is asked for, until cancelled.
  func run() async {
    for await _ in wishes {
      state.withLock { $0.isReading = true }
      if let list = await read() { hub.set("associations", .array(list)) }
      let held = state.withLock { state in
        state.isReading = false
        defer { state.held = [] }
        return state.held.filter { entry in
          entry.event["requestId"]?.string.map { state.own.remove($0) == nil } ?? true
        }
      }
      for entry in held { hub.note(entry.event, isLive: entry.isLive) }
    }
  }

  /// The associations with their roles; nil where EKS cannot be asked.
  private func read() async -> [JSON]? {
    guard let aws = try? access.aws(stack) else { return nil }
    let note: (String) -> Void = { id in
      self.state.withLock { state in
        // A server that was away tells of nothing any more.
        if state.own.count > 10_000 { state.own = [] }
        state.own.insert(id)
      }
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
        found.append([
          "id": .string(id),
          "account": .string(
            "\(association["namespace"]?.string ?? "")/"
              + (association["serviceAccount"]?.string ?? "")),
          "role": association["roleArn"] ?? "", "target": association["targetRoleArn"] ?? "",
        ])
      }
      return found.sorted { ($0["account"]?.string ?? "") < ($1["account"]?.string ?? "") }
    } catch { return nil }
  }
}
