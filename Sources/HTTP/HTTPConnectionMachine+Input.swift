/// What a connection reads, and when it leaves the socket alone.
extension HTTPConnectionMachine {
  /// Whether input is to be read now; where not, the socket is left alone, or the connection ends.
  mutating func admitsInput() -> Bool {
    guard !hasRoom else { return true }
    // What watches without an end would not notice any more that the other end leaves.
    if state == .streaming, stream.length == nil { close() } else { watch(false) }
    return false
  }

  private var hasRoom: Bool {
    switch state {
    case .closed, .asking: false
    case .reading, .silent, .lingering: true
    case .handling where body?.isWaiting == true: true
    case .handling, .streaming:
      isDeaf || parser.backlog < HTTPConnectionRules.inputLimit && !rules.memory.isTight
    }
  }

  /// Bytes came; they are copied.
  mutating func received(_ bytes: UnsafeRawBufferPointer, now: UInt64) {
    self.now = now
    switch state {
    case .reading:
      parser.append(bytes)
      isPumping = true
    case .handling where !isDeaf:
      parser.append(bytes)
      if body?.isWaiting == true { deliver() }
      // An invalid body ended it.
      if state == .handling { chargeWaiting() }
    case .streaming where !isDeaf:
      parser.append(bytes)
      chargeWaiting()
    case .asking, .handling, .streaming, .silent, .lingering, .closed: break
    }
  }

  /// TLS may hold what came without being able to decrypt it yet.
  mutating func starved(isGreeting: Bool, isEstablished: Bool, now: UInt64) {
    guard state == .reading else { return }
    self.now = now
    if isGreeting {
      stand(.greeting, since: now)
    } else if standing == .greeting {
      stand(.idle, since: now)
    }
    guard !charge(parser.held, isWhole: false) else { return }
    if isEstablished { fallShort(.ends) } else { close() }
  }

  /// The other end sends no more.
  mutating func inputEnded(now: UInt64) {
    self.now = now
    sawEnd = true
    switch state {
    case .handling:
      // The other end may have shut down its half only; it still gets its answer.
      watch(false)
      if body?.isWaiting == true { endBody(.closed) }
      // Behind further requests the end is not for this one.
      if rules.endsWithInput, parser.backlog == 0 { duties.insert(.cancel) }
    case .streaming where stream.length != nil: watch(false)
    case .reading where output > 0, .lingering where output > 0: watch(false)
    case .asking, .reading, .streaming, .silent, .lingering, .closed: close()
    }
  }

  /// Watches the input again, after there was no room for it.
  mutating func readOn() {
    guard !isWatching, !sawEnd, parser.backlog < HTTPConnectionRules.inputLimit else { return }
    watch(true)
    if !rules.isPlain { duties.insert(.readLater) }
  }

  /// Goes on with requests that were held up.
  mutating func resume() {
    isPumping = true
    isResuming = true
  }

  // What of callers and answers is held is told to the accounts of all connections.

  /// Charges what is held of the other end's bytes; false where there is no room for more.
  mutating func charge(_ held: Int, isWhole: Bool) -> Bool {
    let held = rules.isPlain ? held : held + undecrypted
    guard held != charged else { return true }
    guard rules.memory.charge(from: charged, to: held, isWhole: isWhole) else { return false }
    charged = held
    return true
  }

  /// Charges what waits behind the request at the handler, which is read whatever there is room for.
  mutating func chargeWaiting() {
    let held = parser.held + (state == .handling ? exchange.held : 0)
    if !charge(held, isWhole: true) { watch(false) }
  }

  /// Gives back what was charged.
  mutating func release() {
    guard charged != 0 else { return }
    _ = rules.memory.charge(from: charged, to: 0, isWhole: true)
    charged = 0
  }

  /// Charges the answers that wait to be taken.
  mutating func chargeOutput(_ waiting: Int) {
    guard waiting != chargedOutput else { return }
    rules.memory.chargeOutput(from: chargedOutput, to: waiting)
    chargedOutput = waiting
  }
}
