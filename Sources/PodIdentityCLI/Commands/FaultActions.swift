import AdminAPI
import CommandCore
import PodIdentity

/// What a fault can do, for the help and the completion; the servers carry it out.
enum FaultActions {
  /// The actions, as `podid fault list --json` names them.
  static let choices =
    FaultKind.all.map { Choice($0.name, $0.help) }
    + ServiceFault.all.map { Choice($0.name, $0.help) }
}
