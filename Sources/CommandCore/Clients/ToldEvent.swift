package import JSON
package import Platform
package import PodIdentity

/// What podid reads of an event that a server told; nil also for words that this version does not know.
extension JSON {
  /// Who told it.
  package var eventServer: ServerName? { self["service"]?.string.flatMap(ServerName.init(named:)) }

  /// The check that failed.
  package var eventCheck: Event.Check? { self["check"]?.string.flatMap(Event.Check.named) }
}
