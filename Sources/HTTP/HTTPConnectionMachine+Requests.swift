import JSON

/// How a connection comes from bytes to requests, one after another.
extension HTTPConnectionMachine {
  /// Reads on: what is to be asked of the driver, or nil where a duty came of it.
  mutating func pump() -> Action? {
    guard state == .reading else {
      isPumping = false
      isResuming = false
      flush(.answer)
      return nil
    }
    guard output <= HTTPConnectionRules.outputLimit else {
      flush(.room)
      return nil
    }
    do throws(HTTPRequestFailure) {
      switch try parser.next() {
      case .starved: starve()
      case .head(let head):
        exchange = Exchange(head)
        state = .asking
        return .plan(head)
      case .expectsContinue:
        if rules.memory.isTight { fallShort(.ends) } else { sendContinue() }
      case .request(let head, let body):
        exchange = Exchange(head)
        exchange.held += body.capacity
        lastPhase = .idle
        state = .asking
        return .offer(head, body: body)
      }
    } catch {
      refuse(error)
    }
    return nil
  }

  /// There is no further whole request.
  private mutating func starve() {
    isPumping = false
    let rest = parser.rest()
    // Before the deadlines are set, so that the other end has its answer, and goes on elsewhere.
    if charge(rest.held, isWhole: false) { flush(.rest) } else { fallShort(.ends) }
  }

  /// How the handler wants the body behind a head.
  mutating func planned(_ plan: HTTPBodyPlan) {
    guard state == .asking else { return }
    state = .reading
    switch plan {
    case .collect(let limit): if let limit { parser.bodyLimit = limit }
    case .stream:
      lastPhase = .idle
      guard rules.memory.openStream() else { return fallShort(.ends) }
      body = IncomingBody(patience: rules.times.body)
      handle()
    }
  }

  /// The handler has no answer at once.
  mutating func passedOn() {
    guard state == .asking else { return }
    guard charge(parser.held + exchange.held, isWhole: true) else { return fallShort(.answers) }
    handle()
  }

  private mutating func handle() {
    state = .handling
    stand(.nowhere, since: 0)
    setDeadline(rules.times.handler)
    duties.insert(.handle)
  }

  /// There is no room: the service is asked what to say.
  mutating func fallShort(_ shortage: Shortage) {
    self.shortage = shortage
    state = .asking
    duties.insert(.overloaded)
  }

  /// What the service says when there is no room.
  mutating func refused(with response: HTTPResponse) {
    guard state == .asking else { return }
    switch shortage {
    case .ends: refuse(response)
    case .answers: reply(response)
    }
  }

  /// Refuses a request that cannot be read.
  mutating func refuse(_ failure: HTTPRequestFailure) {
    pendingFailure = failure
    duties.insert(.tell)
    refuse(.text(failure.status, HTTPResponseEncoder.failureText(failure)))
  }

  /// Answers a request that cannot be read on, and ends the connection.
  private mutating func refuse(_ response: HTTPResponse) {
    endBody(.closed)
    var output: [UInt8] = []
    HTTPResponseEncoder.writeHead(
      response, framing: .length(response.bodyBytes.count), minorVersion: 1, keepsAlive: false,
      date: rules.date.text, into: &output)
    send(output + response.bodyBytes)
    linger()
    isPumping = true
  }
}

extension HTTPConnectionMachine.Exchange {
  init(_ head: HTTPRequestHead) {
    minorVersion = head.minorVersion
    isHead = head.method.bytes == "HEAD"
    keepsAlive = head.keepsAlive
    expectsContinue = head.expectsContinue
    held = head.size
  }
}
