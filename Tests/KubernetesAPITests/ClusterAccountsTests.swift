import JSON
import Platform
import PodAdmission
import Synchronization
import Testing

@testable import KubernetesAPI

/// What the annotation's controller sees of the cluster's ServiceAccounts, and where it tells of them.
@Suite(.timeLimit(.minutes(10))) struct ClusterAccountsTests {
  private let objects = ObjectTable()
  private var accounts: ClusterAccounts {
    ClusterAccounts(
      objects: objects,
      recorder: EventRecorder(
        objects: objects, component: "c", clock: ManualClock(), log: .none))
  }

  @Test("accounts that are there come first, then each change as what it is, and no other kind's")
  func changes() async {
    objects.put(.serviceAccounts, "n", "first")
    let seen = Mutex<[String]>([])
    let (steps, step) = AsyncStream<Void>.makeStream()
    let following = Task { [accounts] in
      await accounts.follow { change in
        switch change {
        case .set(let account): seen.withLock { $0.append("set \(account.objectName)") }
        case .removed(let account): seen.withLock { $0.append("removed \(account.objectName)") }
        }
        step.yield()
      }
    }
    var iterator = steps.makeAsyncIterator()
    await iterator.next()
    objects.put(.pods, "n", "pod")
    objects.put(.serviceAccounts, "n", "second")
    await iterator.next()
    objects.remove(.serviceAccounts, "n", "first")
    await iterator.next()
    following.cancel()
    await following.value
    #expect(seen.withLock { $0 } == ["set first", "set second", "removed first"])
  }

  @Test("a remark becomes an Event about the account, a warning where it is one")
  func remarks() async {
    let account: JSON = [
      "kind": "ServiceAccount", "metadata": ["namespace": "n", "name": "a", "uid": "u"],
    ]
    await accounts.tell(AccountRemark(reason: "Created", message: "m"), about: account)
    await accounts.tell(
      AccountRemark(isWarning: true, reason: "Failed", message: "w"), about: account)
    let events = await objects.objects(.events).map {
      "\($0["type"]?.string ?? "") \($0["reason"]?.string ?? "") \($0["message"]?.string ?? "") "
        + ($0.at("involvedObject", "name")?.string ?? "")
    }
    #expect(events.sorted() == ["Normal Created m a", "Warning Failed w a"])
  }
}
