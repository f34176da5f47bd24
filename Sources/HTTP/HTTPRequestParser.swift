/// Bytes in, requests out; it knows no socket and no time (RFC 9112).
struct HTTPRequestParser {
  /// What the bytes so far amount to.
  enum Outcome {
    /// More bytes are needed.
    case starved
    /// The head asks for `100 Continue` before its body comes; told once.
    case expectsContinue
    case request(HTTPRequestHead, body: [UInt8])
  }

  /// Which part of a request is being read, for deadlines.
  enum Phase { case idle, head, body }

  private enum State {
    case head
    case fixed(HTTPRequestHead, left: Int)
    case chunks(HTTPRequestHead)
  }

  let limits: HTTPLimits
  private var bytes: [UInt8] = []
  /// Where the unread bytes begin.
  private var start = 0
  /// Up to where line ends were looked for.
  private var scanned = 0
  private var state = State.head
  private var body: [UInt8] = []
  private var chunks = HTTPChunkDecoder()
  private var wasToldToContinue = false
  private var hasPassedEmptyLine = false
  private var hasRequestLine = false

  init(limits: HTTPLimits) { self.limits = limits }

  var phase: Phase {
    switch state {
    case .head: bytes.count > start ? .head : .idle
    case .fixed, .chunks: .body
    }
  }

  /// How many bytes wait to be read.
  var backlog: Int { bytes.count - start }

  mutating func append(_ more: UnsafeRawBufferPointer) {
    if start == bytes.count {
      scanned = 0
      start = 0
      bytes.removeAll(keepingCapacity: bytes.capacity <= 8192)
    }
    bytes.append(contentsOf: more)
  }

  /// The next request, if it is whole.
  mutating func next() throws(HTTPRequestFailure) -> Outcome {
    if case .head = state {
      guard let end = try findHeadEnd() else { return .starved }
      let (lower, limits) = (start, limits)
      let parsed = bytes.withUnsafeBufferPointer { buffer in
        Result { () throws(HTTPRequestFailure) in
          try HTTPHeadParser.parse(
            UnsafeBufferPointer(rebasing: buffer[lower..<end]), limits: limits)
        }
      }
      let head = try parsed.get()
      start = end + 4
      scanned = start
      body = []
      wasToldToContinue = false
      switch head.framing {
      case .none: return finish(head)
      case .length(let length): state = .fixed(head, left: length)
      case .chunked:
        chunks = HTTPChunkDecoder()
        state = .chunks(head)
      }
    }
    return try readBody()
  }

  private mutating func readBody() throws(HTTPRequestFailure) -> Outcome {
    let head: HTTPRequestHead
    switch state {
    case .head: return .starved
    case .fixed(let fixedHead, let left):
      head = fixedHead
      let count = min(left, bytes.count - start)
      if body.isEmpty { body.reserveCapacity(min(left, 1 << 20)) }
      body.append(contentsOf: bytes[start..<(start + count)])
      start += count
      if count == left { return finish(head) }
      state = .fixed(head, left: left - count)
    case .chunks(let chunkedHead):
      head = chunkedHead
      let isDone = try chunks.decode(bytes, from: &start, into: &body, limits: limits)
      if isDone { return finish(head) }
    }
    scanned = start
    if head.expectsContinue, !wasToldToContinue {
      wasToldToContinue = true
      if body.isEmpty { return .expectsContinue }
    }
    return .starved
  }

  private mutating func finish(_ head: HTTPRequestHead) -> Outcome {
    state = .head
    scanned = start
    hasPassedEmptyLine = false
    hasRequestLine = false
    defer { body = [] }
    return .request(head, body: body)
  }

  /// An empty line in front of a request line is passed over, once (RFC 9112 section 2.2).
  ///
  /// False where it takes more bytes to tell.
  private mutating func passOverEmptyLine() throws(HTTPRequestFailure) -> Bool {
    while bytes.count > start, bytes[start] == 0x0D {
      guard !hasPassedEmptyLine else { throw HTTPRequestFailure(400, "empty lines") }
      guard bytes.count >= start + 2 else { return false }
      guard bytes[start + 1] == 0x0A else { throw HTTPRequestFailure(400, "carriage return") }
      start += 2
      scanned = start
      hasPassedEmptyLine = true
    }
    return true
  }

  /// The end of the head: the place of the CR LF CR LF behind it.
  ///
  /// A line feed without its carriage
  /// return is refused as soon as it is seen (RFC 9112 section 2.2).
  private mutating func findHeadEnd() throws(HTTPRequestFailure) -> Int? {
    guard try passOverEmptyLine() else { return nil }
    let lower = start
    // As far as a head may reach, its empty line included: what lies behind is not looked at, so that
    // it does not matter how much has come.
    let limit = min(bytes.count, start + limits.head + 4)
    var position = scanned
    let result: Result<Int?, HTTPRequestFailure> = bytes.withUnsafeBufferPointer { buffer in
      let head = UnsafeBufferPointer(rebasing: buffer[..<limit])
      while let lineFeed = ByteSearch.lineFeed(in: head, from: position) {
        position = lineFeed
        if !hasRequestLine, lineFeed - lower > limits.requestLine + 1 {
          return .failure(HTTPRequestFailure(414))
        }
        guard position > lower, head[position - 1] == 0x0D else {
          return .failure(HTTPRequestFailure(400, "line feed without carriage return"))
        }
        hasRequestLine = true
        if position >= lower + 3, head[position - 2] == 0x0A { return .success(position - 3) }
        position += 1
      }
      position = limit
      return .success(nil)
    }
    scanned = position
    if let end = try result.get() { return end }
    if !hasRequestLine, bytes.count - start > limits.requestLine + 1 {
      throw HTTPRequestFailure(414)
    }
    if limit == start + limits.head + 4 { throw HTTPRequestFailure(431) }
    return nil
  }
}
