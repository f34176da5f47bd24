import Platform
import Synchronization

/// Writes the heads and chunks of answers (RFC 9112 sections 4 and 7.1).
enum HTTPResponseEncoder {
  /// How the body that follows a head is delimited.
  enum Framing {
    case length(Int)
    case chunked
    /// Until the connection ends: for streams to HTTP/1.0.
    case untilClose
    /// No body and no framing fields: 1xx, 204, 304.
    case none
  }

  /// Writes a head.
  static func writeHead(
    _ response: HTTPResponse, framing: Framing, minorVersion: Int, keepsAlive: Bool,
    date: String, into output: inout [UInt8]
  ) {
    append(minorVersion == 0 ? "HTTP/1.0 " : "HTTP/1.1 ", &output)
    append(response.status == 200 ? "200 OK\r\n" : statusLine(response.status), &output)
    for field in response.headers.fields where isWritable(field) {
      append(field.name, &output)
      append(": ", &output)
      append(field.value, &output)
      append("\r\n", &output)
    }
    append("Date: ", &output)
    append(date, &output)
    switch framing {
    case .length(let length):
      append("\r\nContent-Length: ", &output)
      append(String(length), &output)
    case .chunked: append("\r\nTransfer-Encoding: chunked", &output)
    case .untilClose, .none: break
    }
    if !keepsAlive, minorVersion == 1 {
      append("\r\nConnection: close", &output)
    } else if keepsAlive, minorVersion == 0 {
      append("\r\nConnection: keep-alive", &output)
    }
    append("\r\n\r\n", &output)
  }

  /// Fields that would split the answer are left out (RFC 9110 section 5.5); those that the server
  /// itself writes are its alone.
  private static func isWritable(_ field: HTTPHeaders.Field) -> Bool {
    var (name, value) = (field.name, field.value)
    let isClean = name.withUTF8 { name in
      !name.isEmpty && name.allSatisfy { HTTPHeadParser.isToken[Int($0)] }
    }
    guard isClean else { return false }
    let mayHoldControls = value.withUTF8 { ByteSearch.mayHoldControls($0) }
    guard !mayHoldControls || value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
    else { return false }
    switch field.name.utf8.count {
    case 4: return !HTTPHeaders.equal(field.name, "Date")
    case 10: return !HTTPHeaders.equal(field.name, "Connection")
    case 14: return !HTTPHeaders.equal(field.name, "Content-Length")
    case 17: return !HTTPHeaders.equal(field.name, "Transfer-Encoding")
    default: return true
    }
  }

  /// Writes one chunk; nothing for an empty one, which would end the body.
  static func writeChunk(_ bytes: [UInt8], into output: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    append(String(bytes.count, radix: 16), &output)
    append("\r\n", &output)
    output.append(contentsOf: bytes)
    append("\r\n", &output)
  }

  private static func append(_ text: String, _ output: inout [UInt8]) {
    var text = text
    text.withUTF8 { output.append(contentsOf: $0) }
  }

  private static func statusLine(_ status: Int) -> String { "\(status) \(reason(status))\r\n" }

  /// The reason phrase of a status (RFC 9110 section 15).
  static func reason(_ status: Int) -> String { reasons[status] ?? "Status" }

  private static let reasons = [
    100: "Continue", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content",
    206: "Partial Content", 301: "Moved Permanently", 304: "Not Modified",
    307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout",
    409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed",
    413: "Request Entity Too Large", 414: "Request URI Too Long", 415: "Unsupported Media Type",
    416: "Requested Range Not Satisfiable", 417: "Expectation Failed", 418: "I'm a teapot",
    422: "Unprocessable Entity", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error",
    501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
  ]

  /// The text that the engine itself answers a failed request with.
  static func failureText(_ failure: HTTPRequestFailure) -> String {
    let name = "\(failure.status) \(reason(failure.status))"
    return failure.reason.isEmpty ? name : "\(name): \(failure.reason)"
  }
}

/// The Date field's text, made once a second.
final class HTTPDate: Sendable {
  private let cached = Mutex<(seconds: Int64, text: String)>((.min, ""))
  private let clock: any WallClock

  init(clock: any WallClock = SystemClock()) { self.clock = clock }

  /// The present as an IMF-fixdate.
  var text: String {
    let now = clock.now
    return cached.withLock { cached in
      if cached.seconds != now.seconds { cached = (now.seconds, now.httpDate) }
      return cached.text
    }
  }
}
