import CommandCore
import JSON
import KubernetesClient
import Platform
import PodIdentity

/// The names in a filter, held against what there is: a test that counts what nobody has would pass
/// for ever.
extension EventFilter {
  /// Refuses an operation or an outcome that no server has.
  ///
  /// A server that is away may have any.
  func check(at admins: [AdminClient]) async throws(UsageError) {
    guard named.operation != nil || named.outcome != nil else { return }
    var lists: [JSON] = []
    for admin in admins {
      guard let list = try? await admin.send("GET", "/faults", timeout: .seconds(1)) else { return }
      lists.append(list)
    }
    if let operation = named.operation {
      let known = EventOperation.all + lists.flatMap { $0["operations"]?.strings ?? [] }
      if !known.contains(operation.bytes) {
        throw unknown(
          "no server has an operation", operation, Spelling.nearest(operation, among: known),
          "there are \(EventOperation.all.joined(separator: ", ")) and those of podid fault list --json"
        )
      }
    }
    guard let outcome = named.outcome, !Self.isStatus(outcome) else { return }
    var known = EventOutcome.all
    for list in lists {
      // A server of another version tells none.
      guard let outcomes = list["outcomes"]?.strings else { return }
      known += outcomes
      // Whoever sets a fault may give its error any code.
      known += (list["faults"]?.array ?? []).compactMap { $0["code"]?.string }
    }
    if known.contains(outcome.bytes) { return }
    let seen = await events(of: admins)
    if seen.contains(where: { $0["outcome"]?.string?.bytes == outcome.bytes }) { return }
    throw unknown(
      "no call ends in", outcome, Spelling.nearest(outcome, among: known),
      "there are \(EventOutcome.all.joined(separator: ", ")), a status such as 403 of the agent, and the "
        + "codes of AWS's and Kubernetes' errors (outcomes in podid fault list --json)")
  }

  /// Refuses a ServiceAccount that neither the cluster nor an event has.
  func checkAccount(
    at admins: [AdminClient], _ kubernetes: KubernetesClient
  ) async throws(UsageError) {
    guard let account, let known = await AccountName.all(kubernetes), !known.contains(account)
    else { return }
    // One that was deleted has its events.
    if await events(of: admins).contains(where: account.isSubject) { return }
    throw unknown(
      "there is no ServiceAccount", account.text, account.likely(among: known)?.text,
      "kubectl get serviceaccounts -A lists all")
  }

  private func events(of admins: [AdminClient]) async -> [JSON] {
    var all: [JSON] = []
    for admin in admins { all += (try? await admin.events()) ?? [] }
    return all
  }

  /// Outcomes of the agent are the statuses that it answers.
  private static func isStatus(_ text: String) -> Bool {
    Int(text).map { (200...599).contains($0) && text.utf8.count == 3 } ?? false
  }

  private func unknown(
    _ what: String, _ name: String, _ near: String?, _ rest: String
  ) -> UsageError {
    let but = near.map { ", but \"\($0)\"" } ?? ""
    return UsageError("podid \(command): \(what) \"\(name)\"\(but); \(rest)")
  }
}
