/// How a connection gives the body of a request to its handler piece by piece.
extension HTTPConnectionMachine {
  /// A body that a handler reads as it comes; its bytes lie in the parser.
  struct IncomingBody {
    /// Whether the handler waits for bytes.
    var isWaiting = false
    /// Whether the handler asked for the body at all.
    var wasAskedFor = false
    /// Bytes since the other end's time was last set back, and what is left of that time.
    var received = 0
    var patience: UInt64
    var waitsSince: UInt64 = 0

    init(patience: UInt64) { self.patience = patience }

    /// Counts a piece; each 64 KiB may take as long again.
    mutating func took(_ count: Int, now: UInt64, patience full: UInt64) {
      isWaiting = false
      patience -= min(patience, now - min(now, waitsSince))
      received += count
      guard received >= HTTPConnectionRules.pieceSize else { return }
      received = 0
      patience = full
    }
  }

  /// The handler waits for a piece.
  mutating func bodyWanted(now: UInt64) {
    guard state == .handling, body != nil else { return }
    self.now = now
    body?.isWaiting = true
    body?.waitsSince = now
    deliver()
    let isFirst = body?.wasAskedFor == false
    body?.wasAskedFor = true
    guard let body, body.isWaiting else { return }
    if sawEnd { return endBody(.closed) }
    if isFirst, exchange.expectsContinue {
      sendContinue()
      flush(.answer)
    }
    // The other end is not to blame for the time in which nobody waited.
    setDeadline(body.patience)
    readOn()
  }

  /// The handler waits no more.
  mutating func bodyLeft() { body?.isWaiting = false }

  mutating func sendContinue() { send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }

  /// Gives the handler what is there.
  mutating func deliver() {
    guard body?.isWaiting == true else { return }
    do throws(HTTPRequestFailure) {
      let piece = try parser.piece(of: HTTPConnectionRules.pieceSize)
      guard piece.isLast || !piece.bytes.isEmpty else { return }
      body?.took(piece.bytes.count, now: now, patience: rules.times.body)
      pendingPiece = piece
      duties.insert(.give)
      chargeWaiting()
      setDeadline(rules.times.handler)
      readOn()
    } catch {
      endBody(.malformed)
      duties.insert(.cancel)
      refuse(error)
    }
  }

  /// Passes over what the handler did not read of the body; false where the connection ends therefore.
  mutating func passOverBody() -> Bool {
    guard let body else { return true }
    let wasInvited = body.wasAskedFor || !exchange.expectsContinue
    endBody(.closed)
    guard wasInvited, parser.passOverBody(within: HTTPConnectionRules.passedOver) else {
      isDeaf = true
      return false
    }
    return true
  }

  /// Lets go of the reader of a body.
  mutating func endBody(_ failure: HTTPBodyFailure) {
    guard body != nil else { return }
    body = nil
    rules.memory.closeStream()
    pendingBodyFailure = failure
    duties.insert(.endBody)
  }
}
