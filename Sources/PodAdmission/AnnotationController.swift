import JSON
package import Platform
import PodIdentity

/// Serves the article's annotation: keeps, through the public EKS API, an association for each
/// ServiceAccount that names a role, as long as it names one.
// Differs from AWS: EKS knows no such annotation; `--annotation-associations off` switches it off.
package actor AnnotationController {
  private struct Key: Hashable {
    let namespace: ByteText
    let name: ByteText

    init(_ account: JSON) {
      namespace = (account.at("metadata", "namespace")?.string ?? "").bytes
      name = (account.at("metadata", "name")?.string ?? "").bytes
    }

    init(_ association: PodIdentityAssociation) {
      namespace = association.namespace.bytes
      name = association.account.bytes
    }
  }
  private static let resync: Duration = .seconds(30)
  /// How many passes may fail before it is worth a warning: aws-api may start a moment later.
  private static let patience = 3

  private let source: any ServiceAccountSource
  private let associations: any Associations
  private let events: EventLog
  private let log: Log
  /// What is in front of `namespace/name` in the ARN of an owner.
  private let ownerPrefix: String

  /// The annotated accounts, and those that were until just now.
  private var accounts: [Key: JSON] = [:]
  /// Whom to look at next.
  private var pending: Set<Key> = []
  /// Whether all must be compared with what EKS has.
  private var mustCompareAll = true
  private var failures = 0
  /// How many passes in a row found aws-api away.
  private var outages = 0
  private var passes = 0
  /// The last standing remark about each account, so that it is made once.
  private var told: [Key: String] = [:]

  /// A controller for one cluster.
  package init(
    source: any ServiceAccountSource, associations: any Associations, ownerPrefix: String,
    events: EventLog, log: Log
  ) {
    self.source = source
    self.associations = associations
    self.ownerPrefix = ownerPrefix
    self.events = events
    self.log = log
  }

  /// Works until cancelled.
  package func run() async {
    let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    await withDiscardingTaskGroup { group in
      group.addTask {
        await self.source.follow { if await self.note($0) { wake.yield() } }
        wake.finish()
      }
      wake.yield()
      for await _ in wakes {
        await work()
        passes += 1
        let (pass, pause) = (passes, pause)
        group.addTask {
          try? await Task.sleep(for: pause)
          if await self.isDue(after: pass) { wake.yield() }
        }
      }
      group.cancelAll()
    }
  }

  /// How long to wait for the next pass if nobody asks for one.
  var pause: Duration {
    failures == 0 ? Self.resync : .milliseconds(min(2000, 125 << min(failures, 4)))
  }

  /// Whether a pass is due because nothing came after the one of that number.
  func isDue(after pass: Int) -> Bool {
    guard pass == passes else { return false }
    if failures == 0 { mustCompareAll = true }
    return true
  }

  /// Takes note of a change; true where there is something to do.
  func note(_ change: ServiceAccountChange) -> Bool {
    switch change {
    case .set(let account):
      let key = Key(account)
      let before = accounts[key]
      guard Self.role(of: account)?.bytes != before.flatMap(Self.role)?.bytes else {
        if before != nil { accounts[key] = account }
        return false
      }
      accounts[key] = account
      pending.insert(key)
      return true
    case .removed(let account):
      let key = Key(account)
      guard accounts.removeValue(forKey: key) != nil else { return false }
      pending.insert(key)
      return true
    }
  }

  private static func role(of account: JSON) -> String? {
    guard account.at("metadata", "deletionTimestamp")?.string == nil else { return nil }
    return account.at("metadata", "annotations", PodIdentityAdmission.roleAnnotation)?.string
  }

  /// One pass: everything if need be, else whom the changes concern.
  func work() async {
    do throws(AssociationsAPI.Failure) {
      var known: [Key: PodIdentityAssociation]?
      if mustCompareAll {
        known = [:]
        for association in try await associations.list() {
          let key = Key(association)
          known?[key] = association
          if association.ownerARN?.bytes == owner(key).bytes { pending.insert(key) }
        }
        for (key, account) in accounts where Self.role(of: account) != nil { pending.insert(key) }
        mustCompareAll = false
      }
      var wasRefused = false
      for key in pending {
        // Removed first: a change that comes in between puts it back.
        pending.remove(key)
        do throws(AssociationsAPI.Failure) {
          try await settle(key, known: known)
        } catch {
          pending.insert(key)
          guard case .refused = error else { throw error }
          wasRefused = true
          await tell(error.description, about: key)
        }
      }
      failures = wasRefused ? failures + 1 : 0
      outages = 0
    } catch {
      if outages == Self.patience {
        log.warning("associations cannot be kept", ["reason": .string(error.description)])
      }
      outages += 1
      failures += 1
    }
  }

  /// Who owns an association that an annotation made.
  private func owner(_ key: Key) -> String {
    "\(ownerPrefix)\(key.namespace.string)/\(key.name.string)"
  }

  private func settle(
    _ key: Key, known: [Key: PodIdentityAssociation]?
  ) async throws(AssociationsAPI.Failure) {
    let owner = owner(key)
    let (namespace, name) = (key.namespace.string, key.name.string)
    var existing = known?[key]
    if known == nil {
      existing = try await associations.list(namespace: namespace, account: name).first
    }
    // Describe, then change, then nothing: never more than three steps.
    for _ in 0..<4 {
      let object = accounts[key]
      let account = AnnotatedAccount(
        namespace: namespace, name: name, roleARN: object.flatMap(Self.role))
      switch AssociationPlan.next(for: account, existing: existing, ownerARN: owner) {
      case .create:
        let role = account.roleARN ?? ""
        existing = try await associations.create(
          namespace: namespace, account: name, roleARN: role, ownerARN: owner)
        await done("Created", "associated with \(role)", key: key)
      case .describe(let id): existing = try await associations.describe(id: id)
      case .update(let id):
        let role = account.roleARN ?? ""
        existing = try await associations.update(id: id, roleARN: role)
        await done("Updated", "associated with \(role)", key: key)
      case .delete(let id):
        try await associations.delete(id: id)
        existing = nil
        await done("Deleted", "no longer associated", key: key)
      case .leaveToOwner(let id):
        let message = "association \(id) was not made by the annotation and wins"
        guard told[key]?.bytes != message.bytes else { return }
        await done("Kept", message, key: key)
        told[key] = message
        return
      case .nothing:
        if object.flatMap(Self.role) == nil { forget(key) }
        return
      }
    }
  }

  private func forget(_ key: Key) {
    accounts[key] = nil
    told[key] = nil
  }

  private func done(_ what: String, _ message: String, key: Key) async {
    told[key] = nil
    events.record(
      Event(
        operation: EventOperation.annotationAssociation,
        subject: EventSubject(
          namespace: key.namespace.string, serviceAccount: key.name.string),
        reason: message))
    guard let account = accounts[key] else { return }
    await source.tell(
      AccountRemark(reason: "PodIdentityAssociation\(what)", message: message), about: account)
  }

  /// Reports a refusal where users look: on the ServiceAccount, and in the event log.
  private func tell(_ message: String, about key: Key) async {
    guard told[key]?.bytes != message.bytes else { return }
    told[key] = message
    events.record(
      Event(
        operation: EventOperation.annotationAssociation,
        subject: EventSubject(
          namespace: key.namespace.string, serviceAccount: key.name.string),
        outcome: EventOutcome.refused, check: .association, reason: message))
    log.warning(
      "association refused",
      [
        "namespace": .string(key.namespace.string),
        "serviceAccount": .string(key.name.string),
        "reason": .string(message),
      ])
    guard let account = accounts[key] else { return }
    await source.tell(
      AccountRemark(
        isWarning: true, reason: "PodIdentityAssociationFailed", message: message), about: account)
  }
}
