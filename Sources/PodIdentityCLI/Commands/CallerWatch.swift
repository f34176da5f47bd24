import CommandCore
import JSON
import PodIdentity
import Synchronization

/// Follows the calls of AWS while a command runs: a server that restarts forgets its events.
final class CallerWatch: Sendable {
  private let audit: Mutex<CallerAudit>
  private let admins: [AdminClient]
  private let task = Mutex<Task<Void, Never>?>(nil)

  /// A watch over a stack's calls from a time on; it follows at once.
  init(of stack: StackInfo, since start: String, _ context: CommandContext) {
    audit = Mutex(CallerAudit(since: start))
    admins = context.admins(stack).filter { $0.isOf(.awsAPI) }
    let events = EventFollower(admins: admins, reconnects: true).events()
    let following = Task { [weak self] in
      for await event in events { self?.audit.withLock { $0.note(event) } }
    }
    task.withLock { $0 = following }
  }

  /// The calls until now.
  func end() async throws(CommandFailure) -> CallerAudit {
    task.withLock { $0?.cancel() }
    // What is on its way to the follower is here as well.
    for admin in admins {
      let events = try await admin.events()
      audit.withLock { audit in for event in events { audit.note(event) } }
    }
    return audit.withLock { $0 }
  }
}
