import JSON

/// Bytes in, parts of an answer out (RFC 9112), for the client.
struct HTTPResponseParser {
  /// A part of the answer.
  enum Part {
    case head(status: Int, headers: HTTPHeaders)
    case body([UInt8])
    case end(keepsAlive: Bool)
    /// What follows is no answer; the last part.
    case broken(HTTPRequestFailure)
  }

  private enum State {
    case head
    case fixed(left: Int)
    case chunks
    case untilClose
    case done
  }

  private let isHead: Bool
  private var state = State.head
  private var bytes: [UInt8] = []
  private var start = 0
  private var chunks = HTTPChunkDecoder()
  private var keepsAlive = true
  /// What is wrong behind the part that was returned last.
  private var mistake: HTTPRequestFailure?
  /// Where the search for the end of the head goes on.
  private var searched = 0
  /// How many bytes the informational answers had.
  private var informational = 0
  /// Bodies may be of any size here; the client caps what it collects.
  private let limits = HTTPLimits(head: 256 << 10, body: .max / 2)

  init(method: String) { isHead = method.bytes == "HEAD" }

  /// Takes bytes and returns the parts that they complete, the same however the bytes are cut: those
  /// in front of a mistake too.
  mutating func parse(_ more: UnsafeRawBufferPointer) -> [Part] {
    bytes.append(contentsOf: more)
    var parts: [Part] = []
    do throws(HTTPRequestFailure) {
      while let part = try next() { parts.append(part) }
    } catch {
      state = .done
      parts.append(.broken(error))
    }
    if start > 0 {
      bytes.removeFirst(start)
      searched = max(0, searched - start)
      start = 0
    }
    return parts
  }

  /// Whether bytes came that are of no answer; they are dropped (RFC 9112 section 6.3).
  var hasSurplus: Bool {
    if case .done = state { return !bytes.isEmpty }
    return false
  }

  /// What the end of the connection means: the end of the body, or a broken answer (nil).
  mutating func finish() -> Part? {
    guard case .untilClose = state else { return nil }
    state = .done
    return .end(keepsAlive: false)
  }

  private mutating func next() throws(HTTPRequestFailure) -> Part? {
    if let mistake { throw mistake }
    switch state {
    case .head: return try head()
    case .fixed(let left):
      if left == 0 { return end() }
      let count = min(left, bytes.count - start)
      guard count > 0 else { return nil }
      state = .fixed(left: left - count)
      return take(count)
    case .chunks:
      var body: [UInt8] = []
      let isDone: Bool
      do throws(HTTPRequestFailure) {
        isDone = try chunks.decode(bytes, from: &start, into: &body, limits: limits)
      } catch {
        guard !body.isEmpty else { throw error }
        mistake = error
        return .body(body)
      }
      if isDone { state = .fixed(left: 0) }
      if body.isEmpty { return isDone ? end() : nil }
      return .body(body)
    case .untilClose:
      let count = bytes.count - start
      return count > 0 ? take(count) : nil
    case .done: return nil
    }
  }

  private mutating func take(_ count: Int) -> Part {
    defer { start += count }
    return .body(Array(bytes[start..<(start + count)]))
  }

  private mutating func end() -> Part {
    state = .done
    return .end(keepsAlive: keepsAlive)
  }

  private mutating func head() throws(HTTPRequestFailure) -> Part? {
    while true {
      let end = headEnd()
      guard (end ?? bytes.count) - start <= limits.head else { throw HTTPRequestFailure(431) }
      guard let end else { return nil }
      let lines = bytes[start..<end].split(separator: 0x0A, omittingEmptySubsequences: false)
      let size = end + 4 - start
      start = end + 4
      let (status, isOld) = try Self.status(lines.first ?? [])
      let headers = try Self.headers(lines.dropFirst())
      guard 100..<200 ~= status, status != 101 else {
        try frame(status, headers, isOld: isOld)
        return .head(status: status, headers: headers)
      }
      // RFC 9110 section 15.2: informational answers precede the final one. No server needs many.
      informational += size
      guard informational <= limits.head else {
        throw HTTPRequestFailure(431, "too many informational answers")
      }
    }
  }

  private static func status(
    _ line: ArraySlice<UInt8>
  ) throws(HTTPRequestFailure) -> (status: Int, isOld: Bool) {
    let line = Array(line.last == 0x0D ? line.dropLast() : line)
    guard line.starts(with: "HTTP/1.".utf8), line.count >= 12, line[8] == 0x20,
      line[9..<12].allSatisfy({ 0x30...0x39 ~= $0 }), line[9] != 0x30,
      line.count == 12 || line[12] == 0x20
    else { throw HTTPRequestFailure(400, "malformed status line") }
    return (line[9..<12].reduce(0) { $0 * 10 + Int($1) - 0x30 }, line[7] == UInt8(ascii: "0"))
  }

  private static func headers(
    _ lines: ArraySlice<ArraySlice<UInt8>>
  ) throws(HTTPRequestFailure) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for line in lines {
      let text = Array(line.last == 0x0D ? line.dropLast() : line)
      let field = text.withUnsafeBufferPointer { buffer in
        Result { () throws(HTTPRequestFailure) in try HTTPHeadParser.field(buffer) }
      }
      let parsed = try field.get()
      headers.append(parsed.name, parsed.value)
    }
    return headers
  }

  private mutating func frame(
    _ status: Int, _ headers: HTTPHeaders, isOld: Bool
  ) throws(HTTPRequestFailure) {
    let connection = headers.all("Connection").joined(separator: ",").lowercased().bytes
    keepsAlive = !connection.contains("close") && (!isOld || connection.contains("keep-alive"))
    if isHead || status == 204 || status == 304 {
      state = .fixed(left: 0)
    } else if let coding = headers["Transfer-Encoding"] {
      guard HTTPHeaders.equal(coding, "chunked"), headers["Content-Length"] == nil,
        headers.all("Transfer-Encoding").count == 1
      else {
        throw HTTPRequestFailure(400, "unsupported transfer encoding")
      }
      state = .chunks
    } else if let text = headers["Content-Length"] {
      guard headers.all("Content-Length").count == 1,
        text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let length = Int(text)
      else { throw HTTPRequestFailure(400, "bad Content-Length") }
      state = .fixed(left: length)
    } else {
      keepsAlive = false
      state = .untilClose
    }
  }

  /// Where the empty line of a head begins; what was searched before is not searched again.
  private mutating func headEnd() -> Int? {
    var position = max(start, searched) + 3
    while position < bytes.count {
      if bytes[position] == 0x0A, bytes[position - 1] == 0x0D, bytes[position - 2] == 0x0A,
        bytes[position - 3] == 0x0D
      {
        searched = position + 1
        return position - 3
      }
      position += 1
    }
    searched = max(start, bytes.count - 3)
    return nil
  }
}
