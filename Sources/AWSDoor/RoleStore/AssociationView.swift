import JSON
import Platform

/// The associations in memory: all of them as EKS shows them, and what EKS Auth sees of them,
/// which may lag behind.
struct AssociationView {
  /// How long a change takes to reach EKS Auth.
  let delay: Duration
  private var byID: [ByteText: RoleAssociation] = [:]
  private var idOfWorkload: [Workload: ByteText] = [:]
  private var visible: [Workload: RoleAssociation] = [:]
  private var coming: [Workload: [(due: Instant, association: RoleAssociation?)]] = [:]

  /// No associations yet.
  init(delay: Duration) { self.delay = delay }

  /// Takes what is stored at start: all of it is visible.
  mutating func load(_ associations: [RoleAssociation]) {
    byID.removeAll()
    idOfWorkload.removeAll()
    visible.removeAll()
    coming.removeAll()
    for association in associations {
      byID[association.id.bytes] = association
      idOfWorkload[association.workload] = association.id.bytes
      visible[association.workload] = association
    }
  }

  /// Takes the stored state of one association; nil where it is gone.
  mutating func publish(_ association: RoleAssociation?, id: String, now: Instant) {
    guard let workload = association?.workload ?? byID[id.bytes]?.workload else { return }
    byID[id.bytes] = association
    // Another association may hold the workload by now.
    if association != nil {
      idOfWorkload[workload] = id.bytes
    } else if idOfWorkload[workload] == id.bytes {
      idOfWorkload[workload] = nil
    } else {
      return
    }
    if delay > .zero {
      coming[workload, default: []].append((now + delay, association))
    } else {
      visible[workload] = association
    }
  }

  subscript(id: String) -> RoleAssociation? { byID[id.bytes] }

  /// The association of a workload, as EKS shows it.
  func association(of workload: Workload) -> RoleAssociation? {
    idOfWorkload[workload].flatMap { byID[$0] }
  }

  /// The association of a workload, as EKS Auth sees it at `now`.
  mutating func visibleAssociation(of workload: Workload, now: Instant) -> RoleAssociation? {
    if var changes = coming[workload] {
      while let first = changes.first, first.due <= now {
        visible[workload] = first.association
        changes.removeFirst()
      }
      coming[workload] = changes.isEmpty ? nil : changes
    }
    return visible[workload]
  }

  /// A cluster's associations, oldest first.
  func associations(in cluster: String) -> [RoleAssociation] {
    byID.values.filter { $0.workload.cluster.bytes == cluster.bytes }
      .sorted { ($0.created, $0.id.bytes) < ($1.created, $1.id.bytes) }
  }
}
