/// Whose doing an event is.
package enum EventOrigin: String, Sendable, CaseIterable {
  /// An app, a user's command, or whatever else is tried out with the stack.
  case app
  /// The stack itself: its seed, its servers among themselves, `podid explain`.
  case stack

  /// Whose call is being answered or made in this task; events are recorded, and calls are marked,
  /// by it.
  @TaskLocal package static var current = EventOrigin.app
}
