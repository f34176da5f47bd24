import JSON

/// How a connection answers: with whole answers, and with those that are written piece by piece.
extension HTTPConnectionMachine {
  /// An answer whose body a task writes.
  struct OutgoingStream {
    var isChunked = false
    var length: Int?
    var written = 0

    /// Whether as much was written as was announced.
    var isComplete: Bool { length.map { $0 == written } ?? true }
    /// Whether the other end sees where the body ends, so that another answer may follow.
    var isDelimited: Bool { isChunked || length != nil }
  }

  /// The answer to the request, given at once or by its task.
  ///
  /// Where there is no room for one of its size, ``Action/overloaded`` asks for another.
  mutating func answered(_ response: HTTPResponse, now: UInt64) {
    guard state == .asking || state == .handling else { return }
    self.now = now
    if state == .handling { resume() }
    if case .bytes(let bytes) = response.body, bytes.count > HTTPMemory.smallAnswer,
      rules.memory.isOutputFull
    {
      return fallShort(.answers)
    }
    reply(response)
  }

  /// Answers a request, its body read or not.
  mutating func reply(_ response: HTTPResponse) {
    state = .reading
    isPumping = true
    if body != nil, !passOverBody() { exchange.keepsAlive = false }
    let isLast = isStopping || sawEnd && parser.backlog == 0
    let keepsAlive = exchange.keepsAlive && !isLast
    switch response.body {
    case .none: close()
    case .reset:
      duties.insert(.reset)
      close()
    case .silence:
      if isStopping { return close() }
      state = .silent
      setDeadline(nil)
    case .bytes(let bytes):
      send(whole(response, bytes, keepsAlive: keepsAlive))
      if !keepsAlive { linger() }
    case .stream(let length, let produce):
      begin(response, length: length, keepsAlive: keepsAlive, produce)
    }
  }

  private func hasBody(_ status: Int) -> Bool {
    !exchange.isHead && status != 204 && status != 304 && status >= 200
  }

  private func whole(
    _ response: HTTPResponse, _ bytes: [UInt8], keepsAlive: Bool
  ) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 512)
    let status = response.status
    HTTPResponseEncoder.writeHead(
      response,
      framing: status == 204 || status == 304 || status < 200 ? .none : .length(bytes.count),
      minorVersion: exchange.minorVersion, keepsAlive: keepsAlive, date: rules.date.text,
      into: &output)
    if hasBody(status) { output.append(contentsOf: bytes) }
    return output
  }

  private mutating func begin(
    _ response: HTTPResponse, length: Int?, keepsAlive: Bool,
    _ produce: @escaping @Sendable (any HTTPBodyWriter) async throws -> Void
  ) {
    let isUntilClose = exchange.minorVersion == 0 && length == nil
    var output: [UInt8] = []
    HTTPResponseEncoder.writeHead(
      response, framing: length.map { .length($0) } ?? (isUntilClose ? .untilClose : .chunked),
      minorVersion: exchange.minorVersion, keepsAlive: keepsAlive && !isUntilClose,
      date: rules.date.text, into: &output)
    send(output)
    guard hasBody(response.status) else {
      if !keepsAlive { linger() }
      return
    }
    stream = OutgoingStream(isChunked: length == nil && !isUntilClose, length: length)
    state = .streaming
    setDeadline(nil)
    pendingStream = produce
    duties.insert(.stream)
    // What has no end of its own, such as a watch, is not to hold up a server that stops.
    if isStopping, length == nil { duties.insert(.cancel) }
  }

  /// A piece of a streamed answer; false where it is not sent: there is no stream any more, or more
  /// comes than was announced.
  mutating func wrote(_ bytes: [UInt8], now: UInt64) -> Bool {
    guard state == .streaming else { return false }
    self.now = now
    stream.written += bytes.count
    guard stream.length.map({ stream.written <= $0 }) ?? true else { return false }
    if stream.isChunked {
      var chunk: [UInt8] = []
      chunk.reserveCapacity(bytes.count + 16)
      HTTPResponseEncoder.writeChunk(bytes, into: &chunk)
      send(chunk)
    } else {
      send(bytes)
    }
    flush(.answer)
    return true
  }

  /// How much of a streamed answer may wait before its writer does.
  private var writerLimit: Int {
    rules.memory.isOutputFull ? 0 : HTTPConnectionRules.writerLimit
  }

  /// Whether the writer of a streamed answer is to wait until ``Action/resumeWriter``.
  var holdsWriter: Bool { output > writerLimit }

  /// The other end took something of a streamed answer.
  mutating func letWrite() {
    if output <= writerLimit / 2 { duties.insert(.resumeWriter) }
  }

  /// The task that writes the answer has ended; it wrote all that it wanted, or broke off.
  mutating func streamEnded(isWhole: Bool, now: UInt64) {
    guard state == .streaming else { return }
    self.now = now
    guard isWhole, stream.isComplete else { return close() }
    if stream.isChunked { send(Array("0\r\n\r\n".utf8)) }
    state = .reading
    if exchange.keepsAlive, !isStopping, stream.isDelimited { resume() } else { linger() }
    isPumping = true
  }
}
