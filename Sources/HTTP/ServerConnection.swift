import CLinux
import Glibc
import JSON
import Platform

/// One connection of a server: reads requests, has them answered one after another, writes.
///
/// Safety: `@unchecked`: all its state is used on the loop's thread alone.
final class ServerConnection: EventHandler, @unchecked Sendable {
  enum State {
    /// Between requests, or in the middle of reading one.
    case reading
    /// A task works on the answer.
    case handling(HTTPRequest, HTTPRequestHead)
    /// A task writes the answer piece by piece.
    case streaming(HTTPRequestHead, ResponseStream)
    /// There will be no answer; what still comes is thrown away.
    case silent
    /// The last answer is out; what still comes is thrown away.
    case lingering
    case closed
  }

  let server: HTTPServer
  let loop: EventLoop
  let transport: Transport
  var parser: HTTPRequestParser
  var state = State.reading
  var task: Task<Void, Never>?
  var deadline: UInt64
  private let peer: String
  private let local: String
  var isStopping = false
  var sawEnd = false
  private var hasFinished = false
  private static let inputLimit = 256 << 10
  private static let outputLimit = 256 << 10

  init(server: HTTPServer, loop: EventLoop, transport: Transport) {
    self.server = server
    self.loop = loop
    self.transport = transport
    parser = HTTPRequestParser(limits: server.configuration.limits)
    peer = SocketAddress.of(transport.descriptor, peer: true).text
    local = SocketAddress.of(transport.descriptor, peer: false).text
    deadline = EventLoop.time(after: server.configuration.deadlines.head)
  }

  /// Starts to watch the socket.
  func start() { loop.add(transport.descriptor, transport.initialEvents, self) }

  func handle(_ events: UInt32) {
    if events & EPOLLOUT.rawValue != 0 {
      guard transport.flush() else { return close() }
      outputMoved()
      // The descriptor's number may be another connection's by now.
      if case .closed = state { return }
    }
    if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 { readInput() }
    if events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { close() }
  }

  private func outputMoved() {
    switch state {
    case .streaming(_, let stream):
      stream.drained(backlog: transport.backlog)
      progress()
    case .reading where transport.backlog > Self.outputLimit: awaitReader()
    case .reading: resume()
    case .lingering: lingerOn()
    case .handling, .silent, .closed: break
    }
  }

  /// Goes on with requests that were held up.
  private func resume() {
    if !sawEnd { transport.setReading(true) }
    readRequests()
    guard case .reading = state else { return }
    if sawEnd {
      if transport.backlog == 0 { close() }
    } else if transport.isReading {
      // What TLS has decrypted already, the socket does not announce again.
      readInput()
    }
  }

  private func readInput() {
    while true {
      switch transport.read() {
      case .bytes(let bytes):
        switch state {
        case .lingering, .silent: continue
        default: break
        }
        parser.append(bytes)
        if case .reading = state { readRequests() }
        if case .closed = state { return }
        guard transport.isReading else { return }
        if parser.backlog > Self.inputLimit {
          switch state {
          case .handling: return transport.setReading(false)
          case .streaming: return close()
          default: break
          }
        }
        // A short read emptied the socket; asking again would only cost a call.
        if bytes.count < loop.readBuffer.count, transport.isPlain { return }
      case .starved: return
      case .closed: return inputEnded()
      case .failed(let reason):
        server.log.debug("connection failed", ["peer": .string(peer), "reason": .string(reason)])
        return close()
      }
    }
  }

  private func inputEnded() {
    sawEnd = true
    switch state {
    case .handling:
      // The other end may have shut down its half only; it still gets its answer.
      transport.setReading(false)
    case .reading where transport.backlog > 0: transport.setReading(false)
    case .lingering where transport.backlog > 0: transport.setReading(false)
    default: close()
    }
  }

  func readRequests() {
    while case .reading = state {
      if transport.backlog > Self.outputLimit {
        // Answers that are not taken hold up the requests behind them.
        guard transport.flush() else { return close() }
        if transport.backlog > Self.outputLimit {
          transport.setReading(false)
          return awaitReader()
        }
      }
      do {
        switch try parser.next() {
        case .starved:
          flushOrClose()
          if case .reading = state { setReadingDeadline() }
          return
        case .expectsContinue:
          transport.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
          setReadingDeadline()
          flushOrClose()
          return
        case .request(let head, let body): begin(head, body)
        }
      } catch {
        refuse(error)
        return
      }
    }
    flushOrClose()
  }

  private func setReadingDeadline() {
    guard transport.backlog == 0 else { return awaitReader() }
    let deadlines = server.configuration.deadlines
    switch parser.phase {
    case .idle:
      transport.trim()
      setDeadline(isStopping ? .zero : deadlines.idle, phase: .idle)
    case .head: setDeadline(deadlines.head, phase: .head)
    case .body: setDeadline(deadlines.body, phase: .body)
    }
  }

  /// Sets the deadline of a reader that has answers to take.
  private func awaitReader() {
    lastPhase = .idle
    deadline = EventLoop.time(after: server.configuration.deadlines.write)
    loop.noteDeadline(deadline)
  }

  /// The deadline of a phase is absolute: it is set when the phase begins, not with each byte.
  private func setDeadline(_ duration: Duration, phase: HTTPRequestParser.Phase) {
    guard phase != lastPhase || phase == .idle else { return }
    lastPhase = phase
    deadline = EventLoop.time(after: duration)
    loop.noteDeadline(deadline)
  }
  private var lastPhase = HTTPRequestParser.Phase.head

  private func begin(_ head: HTTPRequestHead, _ body: [UInt8]) {
    lastPhase = .idle
    let request = HTTPRequest(
      method: head.method, target: head.target, minorVersion: head.minorVersion,
      headers: head.headers, body: body, peer: peer, local: local,
      isSecure: server.configuration.tls != nil, id: server.makeRequestID())
    if let response = server.handler.immediateResponse(to: request) {
      return answer(response, to: head)
    }
    state = .handling(request, head)
    deadline = EventLoop.time(after: server.configuration.deadlines.handler)
    loop.noteDeadline(deadline)
    task = Task(executorPreference: loop) { [self] in
      let response = await server.handler.respond(to: request)
      loop.execute { self.answered(response) }
    }
  }

  private func answered(_ response: HTTPResponse) {
    guard case .handling(_, let head) = state else { return }
    state = .reading
    task = nil
    answer(response, to: head)
    if case .reading = state { resume() } else { flushOrClose() }
  }

  private func refuse(_ failure: HTTPRequestFailure) {
    server.log.debug("request refused", ["status": .integer(Int64(failure.status))])
    let response = HTTPResponse.text(
      failure.status, HTTPResponseEncoder.failureText(failure))
    var output: [UInt8] = []
    HTTPResponseEncoder.writeHead(
      response, framing: .length(response.bodyBytes.count), minorVersion: 1, keepsAlive: false,
      date: server.date.text, into: &output)
    transport.send(output + response.bodyBytes)
    linger()
    flushOrClose()
  }

  /// Reads on for a while after the last answer: closing with unread input would reset the
  /// connection, and the answer could be lost (RFC 9112 section 9.6).
  func linger() {
    state = .lingering
  }

  private func lingerOn() {
    guard transport.backlog == 0 else { return awaitReader() }
    if !hasFinished {
      hasFinished = true
      transport.finishSending()
      deadline = EventLoop.time(after: server.configuration.deadlines.linger)
      loop.noteDeadline(deadline)
    }
    if sawEnd { close() }
  }

  func flushOrClose() {
    guard transport.flush() else { return close() }
    if case .lingering = state { lingerOn() }
  }

  func deadlineReached() {
    switch state {
    case .reading where parser.phase != .idle:
      refuse(HTTPRequestFailure(408))
    case .handling(_, let head):
      task?.cancel()
      state = .reading
      isStopping = true
      answer(.text(503, "the answer took too long\n"), to: head)
      flushOrClose()
    default: close()
    }
  }

  /// Ends the connection once its present exchange is over; a stream is cancelled.
  func stop() {
    isStopping = true
    switch state {
    case .reading where parser.phase == .idle && transport.backlog == 0: close()
    case .silent: close()
    case .streaming: task?.cancel()
    default: break
    }
  }

  /// Ends the connection now.
  func close() {
    if case .closed = state { return }
    let last = state
    state = .closed
    task?.cancel()
    task = nil
    if case .streaming(_, let stream) = last { stream.closed() }
    transport.close()
    deadline = .max
    server.closed(self)
  }
}
