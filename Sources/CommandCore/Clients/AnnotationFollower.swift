import JSON
import PodIdentity

/// Tells when the association of an annotated account may be there.
package struct AnnotationFollower: Sendable {
  let admins: [AdminClient]
  let accounts: [AccountName]

  /// Of these accounts of a stack.
  package init(admins: [AdminClient], accounts: [AccountName]) {
    self.admins = admins
    self.accounts = accounts
  }

  /// An element once the annotation's controller is followed, which lives in kubernetes-api, and then
  /// after each thing that it does about one of the accounts; the stream ends after `limit`.
  package func looks(within limit: Duration) -> AsyncStream<Void> {
    let (stream, look) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    // Only what comes: whoever looks first, sees what was before.
    let follower = EventFollower(
      admins: admins.filter { $0.isOf(.kubernetesAPI) }, reconnects: true, since: [.max]
    ) { _ in look.yield() }
    let following = Task {
      await TimeLimit.within(limit) {
        for await event in follower.events() where concerns(event) { look.yield() }
      }
      look.finish()
    }
    look.onTermination = { _ in following.cancel() }
    return stream
  }

  /// Whether an event tells what the controller did about one of the accounts.
  func concerns(_ event: JSON) -> Bool {
    event["operation"]?.string?.bytes == EventOperation.annotationAssociation.bytes
      && accounts.contains { $0.isSubject(of: event) }
  }
}
