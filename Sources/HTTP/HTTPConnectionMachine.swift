/// One connection of a server without its socket: what happens to it goes in, what is to be done
/// comes out of ``next()``.
///
/// It decides what the connection may hold, when it reads on, what is answered when, and when it ends.
/// It knows no socket, no loop and no clock: whoever drives it says what time it is, in nanoseconds of
/// a clock that only goes forward, and calls ``next()`` after each event until there is nothing more.
struct HTTPConnectionMachine: ~Copyable {
  enum State {
    /// Between requests, or in the middle of reading one.
    case reading
    /// The driver was asked for something and has not answered yet.
    case asking
    /// A task works on the answer.
    case handling
    /// A task writes the answer piece by piece.
    case streaming
    /// There will be no answer; what still comes is thrown away.
    case silent
    /// The last answer is out; what still comes is thrown away.
    case lingering
    case closed
  }

  /// What of a request decides how it is answered.
  struct Exchange {
    var minorVersion = 1
    var isHead = false
    var keepsAlive = false
    var expectsContinue = false
    /// How much memory its head and its collected body take.
    var held = 0
  }

  /// What becomes of the service's answer that there is no room.
  enum Shortage {
    /// It is the last one: what follows cannot be read.
    case ends
    /// It is that of the present request.
    case answers
  }

  /// Why the output is flushed, which decides what follows.
  enum FlushPurpose {
    case answer
    /// Further requests wait for room.
    case room
    /// There is no further whole request.
    case rest
  }

  let rules: HTTPConnectionRules
  var parser: HTTPRequestParser
  var state = State.reading
  var exchange = Exchange()
  /// The request's body that the handler reads piece by piece.
  var body: IncomingBody?
  /// The answer that a task writes piece by piece.
  var stream = OutgoingStream()
  /// When ``deadlineReached(now:)`` is to be called; `.max` for never.
  private(set) var deadline: UInt64
  /// The time of the present event.
  var now: UInt64

  // What is still to be done, with what belongs to it.
  var duties = DutySet()
  var pendingOutput: [UInt8] = []
  var pendingPiece = HTTPRequestParser.Piece(bytes: [], isLast: false)
  var pendingFailure = HTTPRequestFailure(0)
  var pendingBodyFailure = HTTPBodyFailure.closed
  var pendingStream: (@Sendable (any HTTPBodyWriter) async throws -> Void)?
  /// Whether further requests may be there to be read.
  var isPumping = false
  /// Whether the socket was left alone before, so that it is to be watched again.
  var isResuming = false
  var shortage = Shortage.ends
  var purpose = FlushPurpose.answer

  /// Whether input is watched for.
  var isWatching = true
  /// Whether what comes is thrown away: it belongs to a body that nobody will read.
  var isDeaf = false
  var isStopping = false
  var sawEnd = false
  var hasFinished = false
  /// How many bytes wait to be taken by the other end.
  var output = 0
  /// How many bytes of the other end TLS holds without having decrypted them.
  var undecrypted = 0
  /// What is charged to the accounts of ``HTTPMemory``.
  var charged = 0
  var chargedOutput = 0
  var lastPhase = HTTPRequestParser.Phase.head
  /// What the connection is to others that look for one to give up.
  var standing = ConnectionQueue.Standing.nowhere
  var standsSince: UInt64 = 0

  /// A connection that was just accepted.
  init(rules: HTTPConnectionRules, now: UInt64) {
    self.rules = rules
    self.now = now
    parser = HTTPRequestParser(limits: rules.limits)
    deadline = Self.time(rules.times.head, after: now)
  }

  /// The socket is watched from now on.
  mutating func begin() { stand(.idle, since: now) }

  /// The next thing to be done; nil until something else happens.
  mutating func next() -> Action? {
    while true {
      if let action = takeDuty() { return action }
      guard isPumping, state != .asking else { return nil }
      if let action = pump() { return action }
    }
  }

  var isOpen: Bool { state != .closed }

  /// Ends the connection once its present exchange is over; a stream is cancelled.
  mutating func stop() {
    isStopping = true
    switch state {
    case .reading where parser.phase == .idle && output == 0: close()
    case .silent: close()
    case .streaming: duties.insert(.cancel)
    default: break
    }
  }

  /// Ends the connection now.
  mutating func close() {
    guard state != .closed else { return }
    state = .closed
    isPumping = false
    endBody(.closed)
    release()
    chargeOutput(0)
    deadline = .max
    standing = .nowhere
    duties.insert(.close)
  }

  /// Sets the deadline: so many nanoseconds from now on; nil for none.
  mutating func setDeadline(_ duration: UInt64?) {
    deadline = duration.map { Self.time($0, after: now) } ?? .max
  }

  /// The time so many nanoseconds later.
  static func time(_ duration: UInt64, after now: UInt64) -> UInt64 {
    let (sum, overflow) = now.addingReportingOverflow(duration)
    return overflow ? .max : sum
  }
}
