/// What follows once the other end has taken answers, or has not: further requests, the connection's
/// end, and by when.
extension HTTPConnectionMachine {
  /// So much waits to be taken now that more was added.
  mutating func sent(backlog: Int) { output = backlog }

  /// So much is left of what was flushed.
  mutating func flushed(backlog: Int) {
    output = backlog
    guard state != .closed else { return }
    chargeOutput(backlog)
    switch state {
    case .lingering: lingerOn()
    case .streaming: awaitStreamReader()
    case .reading where purpose == .rest: settle()
    case .reading where purpose == .room: holdUp()
    case .asking, .reading, .handling, .silent, .closed: break
    }
  }

  /// The other end took something, later than it was flushed; so much is left.
  mutating func drained(backlog: Int, now: UInt64) {
    self.now = now
    output = backlog
    guard state != .closed else { return }
    chargeOutput(backlog)
    switch state {
    case .streaming:
      letWrite()
      awaitStreamReader()
    case .reading where output > HTTPConnectionRules.outputLimit: awaitReader()
    case .reading: resume()
    case .lingering: lingerOn()
    case .asking, .handling, .silent, .closed: break
    }
  }

  /// Answers that are not taken hold up the requests behind them.
  private mutating func holdUp() {
    guard output > HTTPConnectionRules.outputLimit else { return }
    isPumping = false
    isResuming = false
    watch(false)
    chargeWaiting()
    awaitReader()
  }

  /// No further request is whole, and the answers are on their way.
  private mutating func settle() {
    setReadingDeadline(parser.phase)
    guard isResuming else { return }
    isResuming = false
    guard output <= HTTPConnectionRules.outputLimit else { return }
    if sawEnd {
      if output == 0 { close() }
      return
    }
    watch(true)
    // What TLS has decrypted already, the socket does not announce again.
    if !rules.isPlain { duties.insert(.readAgain) }
  }

  private mutating func setReadingDeadline(_ phase: HTTPRequestParser.Phase) {
    guard output == 0 else { return awaitReader() }
    if phase == .idle {
      lastPhase = .idle
      standing = .idle
      standsSince = now
      duties.insert(.rest)
      return setDeadline(isStopping ? 0 : rules.times.idle)
    }
    // The deadline is absolute: it is set when the phase begins, not with each byte.
    guard phase != lastPhase else { return stand(.waiting, since: standsSince) }
    lastPhase = phase
    stand(.waiting, since: now)
    setDeadline(phase == .head ? rules.times.head : rules.times.body)
  }

  /// Sets the deadline of a reader that has answers to take.
  private mutating func awaitReader() {
    lastPhase = .idle
    setDeadline(rules.times.write)
    stand(.waiting, since: now)
  }

  /// Sets the deadline of a streamed answer's reader anew.
  private mutating func awaitStreamReader() {
    setDeadline(output == 0 ? nil : rules.times.write)
  }

  /// Reads on for a while after the last answer: closing with unread input would reset the
  /// connection, and the answer could be lost (RFC 9112 section 9.6).
  mutating func linger() {
    state = .lingering
    parser = HTTPRequestParser(limits: rules.limits)
    release()
    if !sawEnd { watch(true) }
  }

  private mutating func lingerOn() {
    guard output == 0 else { return awaitReader() }
    if !hasFinished {
      hasFinished = true
      duties.insert(.finishSending)
      setDeadline(rules.times.linger)
      stand(.waiting, since: now)
    }
    if sawEnd { close() }
  }

  /// The deadline has passed.
  mutating func deadlineReached(now: UInt64) {
    self.now = now
    switch state {
    case .reading where parser.phase != .idle: refuse(HTTPRequestFailure(408))
    case .handling where body?.isWaiting == true:
      endBody(.tooSlow)
      duties.insert(.cancel)
      refuse(HTTPRequestFailure(408))
    case .handling:
      duties.insert(.cancel)
      isStopping = true
      reply(.text(503, "the answer took too long\n"))
    case .asking, .reading, .streaming, .silent, .lingering, .closed: close()
    }
  }
}
