import JSON

/// A request that is refused before any handler sees it; the connection ends with the answer.
package struct HTTPRequestFailure: Error, Sendable {
  package let status: Int
  /// What is wrong, for the answer's text; empty for the status' own name.
  package let reason: String

  init(_ status: Int, _ reason: String = "") {
    self.status = status
    self.reason = reason
  }
}

/// How the body of a message is delimited (RFC 9112 section 6).
enum HTTPFraming: Hashable {
  case none
  case length(Int)
  case chunked
}

/// Request line and fields, as read from a complete head.
struct HTTPRequestHead {
  var method: String
  var target: String
  var minorVersion: Int
  var headers: HTTPHeaders
  var framing: HTTPFraming
  var keepsAlive: Bool
  var expectsContinue: Bool
  /// How many bytes the head took.
  var size = 0
}

/// Reads the head of a request: strict, each rule with its section of RFC 9112 or 9110.
enum HTTPHeadParser {
  /// RFC 9110 section 5.6.2: the bytes of a token.
  static let isToken: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for byte in "!#$%&'*+-.^_`|~0123456789".utf8 { table[Int(byte)] = true }
    for byte in UInt8(ascii: "a")...UInt8(ascii: "z") {
      table[Int(byte)] = true
      table[Int(byte - 32)] = true
    }
    return table
  }()

  /// What may stand in a Host field: no delimiter of other parts of a URL, no blank.
  private static let isHost: [Bool] = {
    var table = [Bool](repeating: true, count: 256)
    for byte in "/@?# \t,\\".utf8 { table[Int(byte)] = false }
    // RFC 3986 section 3.2.2: ASCII alone.
    for byte in 0x80...0xFF { table[byte] = false }
    return table
  }()

  /// Reads a head; `bytes` ends before the empty line, its lines end in CR LF.
  static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, limits: HTTPLimits
  ) throws(HTTPRequestFailure) -> HTTPRequestHead {
    var lineEnd = end(ofLineAt: 0, in: bytes)
    var head = try requestLine(UnsafeBufferPointer(rebasing: bytes[..<lineEnd]))
    head.size = bytes.count
    var start = lineEnd + 2
    while start < bytes.count {
      lineEnd = end(ofLineAt: start, in: bytes)
      let field = try HTTPHeadParser.field(UnsafeBufferPointer(rebasing: bytes[start..<lineEnd]))
      head.headers.append(field.name, field.value)
      guard head.headers.fields.count <= limits.fields else { throw HTTPRequestFailure(431) }
      start = lineEnd + 2
    }
    try frame(&head)
    return head
  }

  private static func end(ofLineAt start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    ByteSearch.lineFeed(in: bytes, from: start).map { $0 - 1 } ?? bytes.count
  }

  /// RFC 9112 section 3: method, one blank, target, one blank, version.
  private static func requestLine(
    _ line: UnsafeBufferPointer<UInt8>
  ) throws(HTTPRequestFailure) -> HTTPRequestHead {
    guard let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), first < last
    else { throw HTTPRequestFailure(400, "malformed request line") }
    guard first > 0, line[..<first].allSatisfy({ isToken[Int($0)] }) else {
      throw HTTPRequestFailure(400, "invalid method")
    }
    let target = line[(first + 1)..<last]
    // RFC 9112 section 3.2: no blank, no control byte, ASCII alone.
    guard !target.isEmpty, target.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw HTTPRequestFailure(400, "invalid request target")
    }
    let method = String(decoding: line[..<first], as: UTF8.self)
    return HTTPRequestHead(
      method: method, target: try checkedTarget(String(decoding: target, as: UTF8.self), method),
      minorVersion: try version(line[(last + 1)...]), headers: HTTPHeaders(), framing: .none,
      keepsAlive: true, expectsContinue: false)
  }

  private static func checkedTarget(
    _ target: String, _ method: String
  ) throws(HTTPRequestFailure) -> String {
    let fits =
      switch target.utf8.first {
      case UInt8(ascii: "/"): true
      case UInt8(ascii: "*"): target.utf8.count == 1 && method.utf8.elementsEqual("OPTIONS".utf8)
      default:
        target.utf8.starts(with: "http://".utf8) || target.utf8.starts(with: "https://".utf8)
          || method.utf8.elementsEqual("CONNECT".utf8)
      }
    guard fits, !target.utf8.contains(UInt8(ascii: "#")) else {
      throw HTTPRequestFailure(400, "invalid request target")
    }
    return target
  }

  private static func version(
    _ bytes: Slice<UnsafeBufferPointer<UInt8>>
  ) throws(HTTPRequestFailure) -> Int {
    if bytes.elementsEqual("HTTP/1.1".utf8) { return 1 }
    if bytes.elementsEqual("HTTP/1.0".utf8) { return 0 }
    let isVersion =
      bytes.count == 8 && bytes.starts(with: "HTTP/".utf8)
      && bytes.dropFirst(5).allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E }
    throw HTTPRequestFailure(isVersion ? 505 : 400, isVersion ? "" : "malformed HTTP version")
  }

  /// RFC 9112 section 5: no blank before the colon (5.1), no folded line (5.2).
  static func field(
    _ line: UnsafeBufferPointer<UInt8>
  ) throws(HTTPRequestFailure) -> HTTPHeaders.Field {
    var colon = 0
    while colon < line.count, isToken[Int(line[colon])] { colon += 1 }
    guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else {
      throw HTTPRequestFailure(400, "malformed header field")
    }
    var lower = colon + 1
    var upper = line.count
    while lower < upper, line[lower] == 0x20 || line[lower] == 0x09 { lower += 1 }
    while upper > lower, line[upper - 1] == 0x20 || line[upper - 1] == 0x09 { upper -= 1 }
    // RFC 9110 section 5.5: no control byte but the tab; CR and NUL are refused, not replaced.
    let value = UnsafeBufferPointer(rebasing: line[lower..<upper])
    if ByteSearch.mayHoldControls(value) {
      for byte in value where byte < 0x20 && byte != 0x09 || byte == 0x7F {
        throw HTTPRequestFailure(400, "invalid header field value")
      }
    }
    return HTTPHeaders.Field(
      name: String(decoding: line[..<colon], as: UTF8.self),
      value: String(decoding: value, as: UTF8.self))
  }

  private static func frame(_ head: inout HTTPRequestHead) throws(HTTPRequestFailure) {
    var lengths: [String] = []
    var codings: [String] = []
    var hosts: [String] = []
    var connections: [String] = []
    var expectation: String?
    for field in head.headers.fields {
      switch field.name.utf8.count {
      case 4 where HTTPHeaders.equal(field.name, "Host"): hosts.append(field.value)
      case 6 where HTTPHeaders.equal(field.name, "Expect"): expectation = field.value
      case 10 where HTTPHeaders.equal(field.name, "Connection"): connections.append(field.value)
      case 14 where HTTPHeaders.equal(field.name, "Content-Length"): lengths.append(field.value)
      case 17 where HTTPHeaders.equal(field.name, "Transfer-Encoding"): codings.append(field.value)
      default: break
      }
    }
    head.framing = try framing(
      lengths: lengths, codings: codings, minorVersion: head.minorVersion)
    try checkHost(hosts, &head)
    // RFC 9112 section 9.3.
    head.keepsAlive =
      !has("close", in: connections)
      && (head.minorVersion == 1 || has("keep-alive", in: connections))
    // RFC 9110 section 10.1.1: ignored from HTTP/1.0, others than 100-continue refused.
    guard let expectation, head.minorVersion == 1 else { return }
    guard HTTPHeaders.equal(expectation, "100-continue") else { throw HTTPRequestFailure(417) }
    head.expectsContinue = head.framing != .none
  }

  /// Whether a word is among the parts of lists (RFC 9110 section 5.6.1), without regard to case.
  private static func has(_ word: String, in lists: [String]) -> Bool {
    lists.contains { list in
      list.utf8.split(separator: UInt8(ascii: ",")).contains { part in
        let bare = part.drop { $0 == 0x20 || $0 == 0x09 }
        let end = bare.reversed().drop { $0 == 0x20 || $0 == 0x09 }.count
        return end == word.utf8.count
          && HTTPHeaders.equal(String(Substring(bare.prefix(end))), word)
      }
    }
  }

  /// RFC 9112 sections 6.1 to 6.3, stricter: both framings, or one of them twice, is refused.
  private static func framing(
    lengths: [String], codings: [String], minorVersion: Int
  ) throws(HTTPRequestFailure) -> HTTPFraming {
    guard codings.isEmpty else {
      guard lengths.isEmpty else {
        throw HTTPRequestFailure(400, "both Content-Length and Transfer-Encoding")
      }
      guard minorVersion == 1 else {
        throw HTTPRequestFailure(400, "Transfer-Encoding in HTTP/1.0")
      }
      guard codings.count == 1, HTTPHeaders.equal(codings[0], "chunked") else {
        let isDoubled =
          codings.joined(separator: ",").utf8.split(separator: UInt8(ascii: ",")).count > 1
        throw HTTPRequestFailure(isDoubled ? 400 : 501, "unsupported transfer encoding")
      }
      return .chunked
    }
    guard let text = lengths.first else { return .none }
    guard lengths.count == 1, !text.isEmpty, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      throw HTTPRequestFailure(400, "bad Content-Length")
    }
    guard let length = Int(text) else { throw HTTPRequestFailure(413) }
    return length == 0 ? .none : .length(length)
  }

  /// RFC 9112 section 3.2: exactly one Host in HTTP/1.1; an absolute target's authority replaces it.
  private static func checkHost(
    _ hosts: [String], _ head: inout HTTPRequestHead
  ) throws(HTTPRequestFailure) {
    guard hosts.count <= 1 else { throw HTTPRequestFailure(400, "too many Host headers") }
    guard head.minorVersion == 0 || hosts.count == 1 else {
      throw HTTPRequestFailure(400, "missing required Host header")
    }
    if var host = hosts.first,
      !host.withUTF8({ bytes in bytes.allSatisfy { isHost[Int($0)] } })
    {
      throw HTTPRequestFailure(400, "malformed Host header")
    }
    guard head.target.utf8.first != UInt8(ascii: "/"),
      let scheme = head.target.utf8.firstRange(of: "://".utf8)
    else { return }
    let authority = head.target.utf8[scheme.upperBound...].prefix {
      $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?")
    }
    guard !authority.isEmpty, !authority.contains(UInt8(ascii: "@")) else {
      throw HTTPRequestFailure(400, "invalid request target")
    }
    head.headers["Host"] = String(Substring(authority))
  }
}
