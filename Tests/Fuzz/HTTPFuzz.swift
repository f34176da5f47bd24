@testable import HTTP

/// A request's bytes, whole and cut in two at a place that the first byte names: the same comes out.
let fuzzHTTP: FuzzTarget = { bytes in
  guard let first = bytes.first else { return }
  let input = Array(bytes.dropFirst())
  let cut = input.isEmpty ? 0 : Int(first) * input.count / 256
  let whole = read([input[...]])
  precondition(whole == read([input[..<cut], input[cut...]]), "the cut at \(cut) changes it")
  for request in whole {
    precondition(!request.contains("\0"), "NUL in \(request)")
  }
}

/// The same for the chunks of a body.
let fuzzChunks: FuzzTarget = { bytes in
  let head = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
  guard let first = bytes.first else { return }
  let input = head + bytes.dropFirst()
  let cut = head.count + Int(first) * (input.count - head.count) / 256
  precondition(
    read([input[...]]) == read([input[..<cut], input[cut...]]), "the cut at \(cut) changes it")
}

/// URLs, paths and queries.
let fuzzURL: FuzzTarget = { bytes in
  let words = text(bytes)
  if let url = HTTPURL(words) { precondition(!url.hostHeader.isEmpty, "a URL without a host") }
  let request = HTTPRequest(target: words)
  _ = request.pathSegments
  _ = request.query["a"]
  if let decoded = PercentEncoding.decode(words) {
    precondition(
      PercentEncoding.decode(PercentEncoding.encode(decoded)) == decoded, "encoding is not undone")
  }
}

private func read(_ pieces: [ArraySlice<UInt8>]) -> [String] {
  var parser = HTTPRequestParser(
    limits: HTTPLimits(requestLine: 200, head: 2000, body: 10_000))
  var found: [String] = []
  for piece in pieces {
    piece.withUnsafeBytes { parser.append($0) }
    reading: while true {
      do {
        switch try parser.next() {
        case .starved: break reading
        case .head, .expectsContinue: break
        case .request(let head, let body):
          let fields = head.headers.fields.map { "\($0.name)=\($0.value)" }
          found.append("\(head.method) \(head.target) \(fields) \(body.count) \(head.keepsAlive)")
        }
      } catch {
        return found + ["refused \(error.status)"]
      }
    }
  }
  return found
}
