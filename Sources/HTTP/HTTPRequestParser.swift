/// Bytes in, requests out; it knows no socket and no time (RFC 9112).
struct HTTPRequestParser {
  /// What the bytes so far amount to.
  enum Outcome {
    /// More bytes are needed.
    case starved
    /// The head of a request whose body follows, told once.
    ///
    /// The body is collected up to ``bodyLimit`` by further calls, or read with ``piece(of:)``.
    case head(HTTPRequestHead)
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
    /// A body that nobody reads.
    case passing(left: Int)
  }

  /// A part of a body that is read as it comes.
  struct Piece {
    var bytes: [UInt8]
    /// Whether the body ends with it.
    var isLast: Bool
  }

  let limits: HTTPLimits
  private var bytes: [UInt8] = []
  /// Where the unread bytes begin.
  private var start = 0
  /// Up to where line ends were looked for.
  private var scanned = 0
  private var state = State.head
  private var body: [UInt8] = []
  /// How many bytes of the present body are collected at most; set back with each head.
  var bodyLimit = 0
  private var chunks = HTTPChunkDecoder()
  private var wasToldToContinue = false
  private var hasPassedEmptyLine = false
  private var hasRequestLine = false

  init(limits: HTTPLimits) { self.limits = limits }

  var phase: Phase {
    switch state {
    case .head: bytes.count > start ? .head : .idle
    case .fixed, .chunks, .passing: .body
    }
  }

  /// How many bytes wait to be read.
  var backlog: Int { bytes.count - start }

  /// How much memory the request that is being read takes.
  var held: Int { phase == .idle ? 0 : bytes.capacity + body.capacity }

  mutating func append(_ more: UnsafeRawBufferPointer) {
    if start == bytes.count {
      scanned = 0
      start = 0
      bytes.removeAll(keepingCapacity: bytes.capacity <= 8192)
    } else if start > 64 << 10, start * 2 >= bytes.count {
      // A peer whose packets always end inside a request would never let go of those before.
      bytes.removeFirst(start)
      scanned -= start
      start = 0
    }
    bytes.append(contentsOf: more)
  }

  /// What there is when no request is whole; a large one's memory is given back where none has begun.
  mutating func rest() -> (phase: Phase, held: Int) {
    let phase = phase
    guard phase == .idle else { return (phase, bytes.capacity + body.capacity) }
    if bytes.capacity > 4096 {
      bytes = []
      start = 0
      scanned = 0
    }
    return (phase, 0)
  }

  /// The next request, if it is whole.
  mutating func next() throws(HTTPRequestFailure) -> Outcome {
    if case .passing(let left) = state {
      let count = min(left, backlog)
      start += count
      scanned = start
      guard count == left else {
        state = .passing(left: left - count)
        return .starved
      }
      finish()
    }
    guard case .head = state else { return try readBody() }
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
    wasToldToContinue = false
    bodyLimit = limits.body
    switch head.framing {
    case .none:
      finish()
      return .request(head, body: [])
    case .length(let length): state = .fixed(head, left: length)
    case .chunked:
      chunks = HTTPChunkDecoder()
      state = .chunks(head)
    }
    return .head(head)
  }

  private mutating func readBody() throws(HTTPRequestFailure) -> Outcome {
    let head: HTTPRequestHead
    let isDone: Bool
    switch state {
    case .head, .passing: return .starved
    case .fixed(let fixedHead, let left):
      head = fixedHead
      guard left <= bodyLimit - body.count else { throw HTTPRequestFailure(413) }
      let count = min(left, backlog)
      body.append(contentsOf: bytes[start..<(start + count)])
      start += count
      isDone = count == left
      state = .fixed(head, left: left - count)
    case .chunks(let chunkedHead):
      head = chunkedHead
      var limits = limits
      limits.body = bodyLimit
      isDone = try chunks.decode(bytes, from: &start, into: &body, limits: limits)
    }
    if isDone {
      defer { body = [] }
      finish()
      return .request(head, body: body)
    }
    scanned = start
    if head.expectsContinue, !wasToldToContinue {
      wasToldToContinue = true
      if body.isEmpty { return .expectsContinue }
    }
    return .starved
  }

  /// The next part of a body that is read as it comes, at most `most` bytes; empty, and not the last,
  /// where more must come first.
  mutating func piece(of most: Int) throws(HTTPRequestFailure) -> Piece {
    switch state {
    case .head, .passing: return Piece(bytes: [], isLast: true)
    case .fixed(let head, let left):
      let count = min(left, backlog, most)
      var piece: [UInt8]
      if start == 0, count == bytes.count {
        piece = []
        swap(&piece, &bytes)
      } else {
        piece = Array(bytes[start..<(start + count)])
        start += count
      }
      scanned = start
      state = .fixed(head, left: left - count)
      if count == left { finish() }
      return Piece(bytes: piece, isLast: count == left)
    case .chunks:
      var limits = limits
      limits.body = .max
      var piece: [UInt8] = []
      let isDone = try chunks.decode(
        bytes, from: &start, into: &piece, limits: limits, most: most)
      scanned = start
      if isDone { finish() }
      return Piece(bytes: piece, isLast: isDone)
    }
  }

  /// Passes over what is left of a body, up to `limit` bytes; false where it may be more, or no valid
  /// body: the connection cannot go on behind it.
  mutating func passOverBody(within limit: Int) -> Bool {
    switch state {
    case .head, .passing: return true
    case .fixed(_, let left):
      guard left <= limit else { return false }
      state = .passing(left: left)
      return true
    case .chunks:
      var passed = 0
      while passed <= limit {
        guard let piece = try? piece(of: limit) else { return false }
        if piece.isLast { return true }
        if piece.bytes.isEmpty { return false }
        passed += piece.bytes.count
      }
      return false
    }
  }

  private mutating func finish() {
    state = .head
    scanned = start
    hasPassedEmptyLine = false
    hasRequestLine = false
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
  /// A line feed without its carriage return is refused as soon as it is seen (RFC 9112 section 2.2).
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
