import JSON
import Platform

/// How a connection does what its machine wants.
extension ServerConnection {
  /// Does what the machine wants, until it waits for something.
  func run() {
    loop.assertCurrent()
    while let action = machine.next() {
      // What every answer takes is done here, the rest elsewhere: a small frame is entered faster.
      switch action {
      case .offer(let head, let body): offer(head, body)
      case .send(let bytes):
        transport.send(bytes)
        machine.sent(backlog: transport.backlog)
      case .flush:
        if transport.flush() {
          machine.flushed(backlog: transport.backlog)
        } else {
          machine.close()
        }
      case .rest(let since):
        transport.trim()
        queue.put(self, .idle, since: since)
      default: perform(action)
      }
    }
    loop.noteDeadline(machine.deadline)
  }

  @inline(never) private func perform(_ action: HTTPConnectionMachine.Action) {
    switch action {
    case .offer, .send, .flush, .rest: break
    case .stand(let standing, let since): queue.put(self, standing, since: since)
    case .watch(let isWatching): transport.setReading(isWatching)
    case .readAgain(isLater: false): readInput()
    case .readAgain(isLater: true): loop.later { self.readInput() }
    case .finishSending:
      transport.finishSending()
      machine.sent(backlog: transport.backlog)
    case .reset: transport.resetOnClose()
    case .close: closed()
    case .plan(let head):
      let request = makeRequest(head)
      self.request = request
      machine.planned(server.handler.bodyPlan(for: request))
    case .overloaded:
      let response = request.map(server.configuration.overloaded)
      request = nil
      machine.refused(with: response ?? HTTPServerConfiguration.busy)
    case .tell(let failure):
      request = nil
      server.log.debug("request refused", ["status": .integer(Int64(failure.status))])
      server.configuration.refused(failure.status)
    case .handle(let readsBody): startHandler(readsBody: readsBody)
    case .stream(let produce): startStream(produce)
    case .cancel:
      task?.cancel()
      task = nil
    case .give(let piece): body?.give(piece)
    case .endBody(let failure):
      body?.end(.failure(failure))
      body = nil
    case .resumeWriter: stream?.resume()
    }
  }

  private func makeRequest(_ head: HTTPRequestHead) -> HTTPRequest {
    HTTPRequest(
      method: head.method, target: head.target, minorVersion: head.minorVersion,
      headers: head.headers, peer: peer, local: local,
      isSecure: server.configuration.tls != nil, id: server.makeRequestID())
  }

  private func offer(_ head: HTTPRequestHead, _ body: [UInt8]) {
    var request: HTTPRequest
    if let planned = self.request {
      request = planned
      self.request = nil
    } else {
      request = makeRequest(head)
    }
    request.body = body
    if let response = server.handler.immediateResponse(to: request) {
      machine.answered(response, now: machine.now)
      // It is needed for the service's refusal.
      if machine.state == .asking { self.request = request }
    } else {
      self.request = request
      machine.passedOn()
    }
  }

  private func startHandler(readsBody: Bool) {
    guard var request else { return }
    if readsBody {
      let reader = RequestBody(connection: self)
      body = reader
      request.bodyReader = reader
    }
    task = Task(executorPreference: loop) { [self, request] in
      let response = await server.handler.respond(to: request)
      loop.execute { self.answered(response) }
    }
  }

  private func answered(_ response: HTTPResponse) {
    guard machine.state == .handling else { return }
    task = nil
    machine.answered(response, now: EventLoop.now())
    if machine.state != .asking { request = nil }
    run()
  }

  private func startStream(
    _ produce: @escaping @Sendable (any HTTPBodyWriter) async throws -> Void
  ) {
    let stream = ResponseStream(connection: self)
    self.stream = stream
    task = Task(executorPreference: loop) { [self] in
      var isWhole = true
      do { try await produce(stream) } catch { isWhole = false }
      loop.execute { [isWhole] in self.ended(stream, isWhole: isWhole) }
    }
  }

  private func ended(_ stream: ResponseStream, isWhole: Bool) {
    guard self.stream === stream else { return }
    self.stream = nil
    task = nil
    machine.streamEnded(isWhole: isWhole, now: EventLoop.now())
    run()
  }

  /// Writes a piece of a streamed body; false where the connection is gone.
  func write(_ bytes: [UInt8], of stream: ResponseStream) -> Bool {
    guard self.stream === stream, machine.wrote(bytes, now: EventLoop.now()) else { return false }
    run()
    return self.stream === stream
  }

  private func closed() {
    task?.cancel()
    task = nil
    request = nil
    stream?.closed()
    stream = nil
    queue.put(self, .nowhere, since: 0)
    transport.close()
    server.closed(self)
  }
}
