import Platform

/// What was seen of a program while it ran.
package struct Sightings: Sendable {
  /// A request for credentials.
  struct Fetch: Sendable {
    let time: Instant
    let form: PresentedToken.Form
    /// Whether it carries the token that the file holds.
    var isCurrent = true
    /// Whether the file had held another token for long enough that nobody may send this one.
    var isStale = false
    /// Whether it carries another token than the first request of this run.
    var isRotated = false
    /// What it was answered; nil where it met a restart.
    var status: Int?
  }

  /// A call of AWS.
  struct Call: Sendable {
    let time: Instant
    /// Whether it is signed with credentials that the agent gave in this run.
    let isOwn: Bool
    /// Whether those were over when it came.
    let isExpired: Bool
    /// Whether AWS took the signature, whatever became of the call.
    let isAccepted: Bool
  }

  var fetches: [Fetch] = []
  var calls: [Call] = []
  /// When the first credentials end.
  var firstExpiry: Instant?
  /// Requests that are no HTTP, such as one with a line feed in a field.
  var malformed = 0
  /// Requests for credentials that came to the proxy.
  var proxiedFetches = 0
  /// Whether a fetch met the trial's fault.
  var metFault = false
  /// The program's exit code, once it has ended.
  package var exitCode: Int32?
  /// Whether the time for the trial has passed.
  var isOver = false

  /// Whether a call with the agent's credentials was accepted.
  var hasGoodCall: Bool { calls.contains(where: \.isGood) }

  /// The fetches that came after the fault.
  var fetchesAfterFault: ArraySlice<Fetch> { metFault ? fetches.dropFirst() : [] }

  /// Whether a call after the end of the first credentials was accepted.
  var outlivedCredentials: Bool {
    guard let firstExpiry else { return false }
    return calls.contains { $0.isGood && $0.time > firstExpiry }
  }

  /// Whether nothing that still could come would change what is told of a trial.
  func isEnough(for trial: Trial) -> Bool {
    switch trial {
    case .plain, .linkLocalIPv4, .linkLocalIPv6, .insideLoopback: hasGoodCall
    case .serverError, .throttle, .restart: metFault && hasGoodCall
    case .proxied: hasGoodCall || proxiedFetches > 0
    case .rotation: fetches.contains { $0.isStale || ($0.isRotated && $0.isCurrent) }
    case .refresh: outlivedCredentials || calls.contains(where: \.isExpired)
    }
  }
}

extension Sightings.Call {
  /// Whether it is signed with the agent's credentials, in time, and AWS took it.
  var isGood: Bool { isOwn && !isExpired && isAccepted }
}
