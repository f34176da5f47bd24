/// What a connection's machine wants to be done.
extension HTTPConnectionMachine {
  enum Action {
    /// How is the body behind this head wanted? ``planned(_:)`` answers it.
    case plan(HTTPRequestHead)
    /// A request is whole: ``answered(_:now:)`` or ``passedOn()`` answers it.
    case offer(HTTPRequestHead, body: [UInt8])
    /// What does the service say when there is no room? ``refused(with:)`` answers it.
    case overloaded
    /// The handler is to answer the request in a task, reading its body piece by piece or not.
    case handle(readsBody: Bool)
    /// A task is to write the answer's body.
    case stream(@Sendable (any HTTPBodyWriter) async throws -> Void)
    /// The task that answers, or writes, is cancelled.
    case cancel
    /// A request is refused that cannot be read.
    case tell(HTTPRequestFailure)
    /// What the handler waits for of the body.
    case give(HTTPRequestParser.Piece)
    /// Nothing more comes of the body.
    case endBody(HTTPBodyFailure)
    /// Whoever writes the answer may go on.
    case resumeWriter
    /// Adds to the output; ``sent(backlog:)`` says how much waits then.
    case send([UInt8])
    /// As much is sent as the other end takes; ``flushed(backlog:)`` says how much is left.
    case flush
    /// Nothing more will be sent.
    case finishSending
    /// Input is watched for, or not.
    case watch(Bool)
    /// Looks for what TLS has decrypted already: now, or after what waits at the loop.
    case readAgain(isLater: Bool)
    /// What the connection is to others that look for one to give up.
    case stand(ConnectionQueue.Standing, since: UInt64)
    /// The connection is idle and needs no buffer.
    case rest(since: UInt64)
    /// Closing is to reset the connection.
    case reset
    case close
  }

  /// What is still to be done, in the order in which it is done.
  enum Duty: UInt8 {
    case tell, endBody, give, handle, stream, cancel, overloaded, resumeWriter, send, stand, watch
    case flush, finishSending, rest, readAgain, readLater, reset, close
  }

  struct DutySet {
    private var bits: UInt32 = 0

    mutating func insert(_ duty: Duty) { bits |= 1 << UInt32(duty.rawValue) }

    /// Takes out the one that comes first.
    mutating func removeFirst() -> Duty? {
      guard bits != 0 else { return nil }
      let duty = Duty(rawValue: UInt8(truncatingIfNeeded: bits.trailingZeroBitCount))
      bits &= bits &- 1
      return duty
    }
  }

  mutating func takeDuty() -> Action? {
    switch duties.removeFirst() {
    case nil: return nil
    case .tell: return .tell(pendingFailure)
    case .endBody: return .endBody(pendingBodyFailure)
    case .give:
      defer { pendingPiece.bytes = [] }
      return .give(pendingPiece)
    case .handle: return .handle(readsBody: body != nil)
    case .stream:
      defer { pendingStream = nil }
      return pendingStream.map { .stream($0) }
    case .cancel: return .cancel
    case .overloaded: return .overloaded
    case .resumeWriter: return .resumeWriter
    case .send:
      var bytes: [UInt8] = []
      swap(&bytes, &pendingOutput)
      return .send(bytes)
    case .stand: return .stand(standing, since: standsSince)
    case .watch: return .watch(isWatching)
    case .flush: return .flush
    case .finishSending: return .finishSending
    case .rest: return .rest(since: standsSince)
    case .readAgain: return .readAgain(isLater: false)
    case .readLater: return .readAgain(isLater: true)
    case .reset: return .reset
    case .close: return .close
    }
  }

  mutating func send(_ bytes: [UInt8]) {
    if pendingOutput.isEmpty { pendingOutput = bytes } else { pendingOutput += bytes }
    duties.insert(.send)
  }

  mutating func flush(_ purpose: FlushPurpose) {
    self.purpose = purpose
    duties.insert(.flush)
  }

  mutating func watch(_ isWatching: Bool) {
    guard isWatching != self.isWatching else { return }
    self.isWatching = isWatching
    duties.insert(.watch)
  }

  /// Takes a place among the connections that may be given up; one that goes on waiting keeps it.
  mutating func stand(_ standing: ConnectionQueue.Standing, since: UInt64) {
    guard standing != self.standing || standing == .idle else { return }
    self.standing = standing
    standsSince = since
    duties.insert(.stand)
  }
}
