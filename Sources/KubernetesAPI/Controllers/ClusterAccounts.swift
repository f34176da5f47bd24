import JSON
import PodAdmission

/// The cluster's ServiceAccounts, as the annotation's controller follows them; what it tells becomes
/// Events.
struct ClusterAccounts: ServiceAccountSource {
  let objects: any ClusterObjects
  let recorder: EventRecorder

  func follow(_ note: @Sendable (ServiceAccountChange) async -> Void) async {
    for await change in await objects.changes(of: .serviceAccounts) {
      switch change {
      case .set(let account): await note(.set(account))
      case .removed(let account): await note(.removed(account))
      }
    }
  }

  func tell(_ remark: AccountRemark, about account: JSON) async {
    await recorder.record(
      remark.isWarning ? .warning : .normal, reason: remark.reason, message: remark.message,
      about: account)
  }
}
