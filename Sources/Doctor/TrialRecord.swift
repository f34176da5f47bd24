import JSON
import Platform
import Synchronization

/// Takes what the fronts of one trial see, and tells who waits for it.
final class TrialRecord: Sendable {
  /// How long a program may go on with the token that it had read just before the file changed.
  private static let tolerance = Duration.seconds(2)

  /// How long a program's first requests go on.
  ///
  /// One call of an SDK may ask twice, as boto3's do where credentials last for so short, and the file
  /// may change in between: that does not show a program that goes on.
  private static let start = Duration.seconds(5)

  private struct State {
    var sightings = Sightings()
    /// The credentials given out: the end of each by its key id.
    var issued: [ByteText: Instant] = [:]
    /// The newest token of the first requests.
    var firstToken: String?
  }
  private let state = Mutex(State())
  private let clock: any WallClock
  /// An element whenever something was seen.
  let changes: AsyncStream<Void>
  private let change: AsyncStream<Void>.Continuation

  init(clock: any WallClock) {
    self.clock = clock
    (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// All that was seen so far.
  var sightings: Sightings { state.withLock { $0.sightings } }

  private func update<Result>(_ body: (inout State) -> sending Result) -> Result {
    defer { change.yield() }
    return state.withLock { body(&$0) }
  }

  /// Notes a request for credentials, with the file's token at that time; its number, and whether
  /// it meets the fault.
  func note(
    fetch token: PresentedToken, current: CurrentToken?, hasFault: Bool
  ) -> (number: Int, meetsFault: Bool) {
    let now = clock.now
    return update { state in
      var fetch = Sightings.Fetch(time: now, form: token.form)
      if token.form == .raw || token.form == .bearer, let current {
        fetch.isCurrent = token.text.bytes == current.text.bytes
        fetch.isStale = !fetch.isCurrent && now - current.written > Self.tolerance
        let first = state.sightings.fetches.first?.time ?? now
        if state.firstToken == nil || now - first < Self.start { state.firstToken = token.text }
        fetch.isRotated = state.firstToken?.bytes != token.text.bytes
      }
      let meetsFault = hasFault && !state.sightings.metFault
      if meetsFault { state.sightings.metFault = true }
      state.sightings.fetches.append(fetch)
      return (state.sightings.fetches.count - 1, meetsFault)
    }
  }

  /// Notes the answer to a request for credentials, and which it gives out.
  func note(answer status: Int, body: [UInt8], to number: Int) {
    let json = status == 200 ? try? JSON.parse(body) : nil
    update { state in
      state.sightings.fetches[number].status = status
      guard let key = json?["AccessKeyId"]?.string,
        let expires = json?["Expiration"]?.string.flatMap({ Instant(rfc3339: $0) })
      else { return }
      state.issued[key.bytes] = expires
      if state.sightings.firstExpiry == nil { state.sightings.firstExpiry = expires }
    }
  }

  /// Notes a call of AWS that is signed with a key, if it is.
  func note(call key: String?, at time: Instant, isAccepted: Bool) {
    update { state in
      let expires = key.flatMap { state.issued[$0.bytes] }
      state.sightings.calls.append(
        Sightings.Call(
          time: time, isOwn: expires != nil, isExpired: expires.map { $0 <= time } ?? false,
          isAccepted: isAccepted))
    }
  }

  /// Notes a request that is no HTTP.
  func noteMalformed() { update { $0.sightings.malformed += 1 } }

  /// Notes that the proxy was asked for credentials.
  func noteProxiedFetch() { update { $0.sightings.proxiedFetches += 1 } }

  /// Notes the program's end.
  func note(exitCode: Int32) { update { $0.sightings.exitCode = exitCode } }

  /// Notes that the time has passed.
  func noteTimeout() { update { $0.sightings.isOver = true } }
}
