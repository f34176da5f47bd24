package import JSON
package import Platform
import Synchronization

/// What an operation finds out that the event log should show.
package final class CallNotes: Sendable {
  private let value = Mutex<EventSubject?>(nil)
  private let members = Mutex(JSONObject())

  /// No notes.
  package init() {}

  /// Whom the request is about; nil where the operation does not say.
  package var subject: EventSubject? {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }

  /// Further members of the event; never a secret.
  package var details: JSONObject {
    get { members.withLock { $0 } }
    set { members.withLock { $0 = newValue } }
  }
}
