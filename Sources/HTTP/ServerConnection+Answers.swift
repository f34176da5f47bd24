import CLinux

/// How a connection sends answers: whole ones, and those that are written piece by piece.
extension ServerConnection {
  func answer(_ response: HTTPResponse, to head: HTTPRequestHead) {
    let isLast = isStopping || sawEnd && parser.backlog == 0
    let keepsAlive = head.keepsAlive && !isLast
    let hasBody =
      head.method != "HEAD" && response.status != 204 && response.status != 304
      && response.status >= 200
    var output: [UInt8] = []
    switch response.body {
    case .none: close()
    case .reset:
      transport.resetOnClose()
      close()
    case .silence:
      if isStopping { return close() }
      state = .silent
      deadline = .max
    case .bytes(let bytes):
      output.reserveCapacity(bytes.count + 512)
      HTTPResponseEncoder.writeHead(
        response, framing: framing(response.status, length: bytes.count),
        minorVersion: head.minorVersion, keepsAlive: keepsAlive, date: server.date.text,
        into: &output)
      if hasBody { output.append(contentsOf: bytes) }
      transport.send(output)
      if !keepsAlive { linger() }
    case .stream(let length, let produce):
      let isUntilClose = head.minorVersion == 0 && length == nil
      HTTPResponseEncoder.writeHead(
        response,
        framing: length.map { .length($0) } ?? (isUntilClose ? .untilClose : .chunked),
        minorVersion: head.minorVersion, keepsAlive: keepsAlive && !isUntilClose,
        date: server.date.text, into: &output)
      transport.send(output)
      guard hasBody else {
        if !keepsAlive { linger() }
        return
      }
      stream(produce, length: length, isChunked: length == nil && !isUntilClose, to: head)
    }
  }

  private func framing(_ status: Int, length: Int) -> HTTPResponseEncoder.Framing {
    status == 204 || status == 304 || status < 200 ? .none : .length(length)
  }

  private func stream(
    _ produce: @escaping @Sendable (any HTTPBodyWriter) async throws -> Void, length: Int?,
    isChunked: Bool, to head: HTTPRequestHead
  ) {
    let stream = ResponseStream(connection: self, isChunked: isChunked, length: length)
    state = .streaming(head, stream)
    deadline = .max
    task = Task(executorPreference: loop) { [self] in
      var isWhole = true
      do { try await produce(stream) } catch { isWhole = false }
      loop.execute { [isWhole] in self.streamEnded(stream, isWhole: isWhole) }
    }
    // What has no end of its own, such as a watch, is not to hold up a server that stops.
    if isStopping, length == nil { task?.cancel() }
  }

  /// Writes a piece of a streamed body; false where the connection is gone.
  func write(_ bytes: [UInt8], of stream: ResponseStream) -> Bool {
    guard case .streaming(_, let current) = state, current === stream else { return false }
    transport.send(bytes)
    guard transport.flush() else {
      close()
      return false
    }
    progress()
    return true
  }

  /// Sets the slow reader's deadline anew, whenever it took something.
  func progress() {
    guard case .streaming = state else { return }
    deadline =
      transport.backlog == 0 ? .max : EventLoop.time(after: server.configuration.deadlines.write)
    loop.noteDeadline(deadline)
  }

  var backlog: Int { transport.backlog }

  private func streamEnded(_ stream: ResponseStream, isWhole: Bool) {
    guard case .streaming(let head, let current) = state, current === stream else { return }
    task = nil
    guard isWhole, stream.isComplete else { return close() }
    if stream.isChunked { transport.send(Array("0\r\n\r\n".utf8)) }
    state = .reading
    guard head.keepsAlive, !isStopping, stream.isChunked || stream.length != nil else {
      linger()
      return flushOrClose()
    }
    readRequests()
  }
}
