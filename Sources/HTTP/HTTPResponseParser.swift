/// Bytes in, parts of an answer out (RFC 9112), for the client.
struct HTTPResponseParser {
  /// A part of the answer.
  enum Part {
    case head(status: Int, headers: HTTPHeaders)
    case body([UInt8])
    case end(keepsAlive: Bool)
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
  /// Bodies may be of any size here; the client caps what it collects.
  private let limits = HTTPLimits(head: 256 << 10, body: .max / 2)

  init(method: String) { isHead = method == "HEAD" }

  /// Takes bytes and returns the parts that they complete.
  mutating func parse(_ more: UnsafeRawBufferPointer) throws(HTTPRequestFailure) -> [Part] {
    bytes.append(contentsOf: more)
    var parts: [Part] = []
    while let part = try next() { parts.append(part) }
    if start > 0 {
      bytes.removeFirst(start)
      start = 0
    }
    return parts
  }

  /// What the end of the connection means: the end of the body, or a broken answer (nil).
  mutating func finish() -> Part? {
    guard case .untilClose = state else { return nil }
    state = .done
    return .end(keepsAlive: false)
  }

  private mutating func next() throws(HTTPRequestFailure) -> Part? {
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
      let isDone = try chunks.decode(bytes, from: &start, into: &body, limits: limits)
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
    guard let end = headEnd() else {
      guard bytes.count - start <= limits.head else { throw HTTPRequestFailure(431) }
      return nil
    }
    let lines = bytes[start..<end].split(separator: 0x0A, omittingEmptySubsequences: false)
    start = end + 4
    let statusLine = (lines.first ?? []).filter { $0 != 0x0D }
    guard statusLine.starts(with: "HTTP/1.".utf8), statusLine.count >= 12,
      statusLine[9..<12].allSatisfy({ 0x30...0x39 ~= $0 })
    else { throw HTTPRequestFailure(400, "malformed status line") }
    let status = statusLine[9..<12].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    var headers = HTTPHeaders()
    for line in lines.dropFirst() {
      let text = Array(line.last == 0x0D ? line.dropLast() : line)
      let field = text.withUnsafeBufferPointer { buffer in
        Result { () throws(HTTPRequestFailure) in try HTTPHeadParser.field(buffer) }
      }
      let parsed = try field.get()
      headers.append(parsed.name, parsed.value)
    }
    // RFC 9110 section 15.2: informational answers precede the final one.
    if 100..<200 ~= status, status != 101 { return try head() }
    try frame(status, headers, isOld: statusLine[7] == UInt8(ascii: "0"))
    return .head(status: status, headers: headers)
  }

  private mutating func frame(
    _ status: Int, _ headers: HTTPHeaders, isOld: Bool
  ) throws(HTTPRequestFailure) {
    let connection = headers.all("Connection").joined(separator: ",").lowercased()
    keepsAlive = !connection.contains("close") && (!isOld || connection.contains("keep-alive"))
    if isHead || status == 204 || status == 304 {
      state = .fixed(left: 0)
    } else if let coding = headers["Transfer-Encoding"] {
      guard coding.lowercased() == "chunked", headers["Content-Length"] == nil else {
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

  private func headEnd() -> Int? {
    var position = start + 3
    while position < bytes.count {
      if bytes[position] == 0x0A, bytes[position - 1] == 0x0D, bytes[position - 2] == 0x0A,
        bytes[position - 3] == 0x0D
      {
        return position - 3
      }
      position += 1
    }
    return nil
  }
}
