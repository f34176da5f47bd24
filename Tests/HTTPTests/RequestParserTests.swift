import Platform
import TestSupport
import Testing

@testable import HTTP

/// Every case of `Tests/Golden/http-requests.json`, however the network cuts it into pieces.
@Suite struct RequestParserTests {
  /// What the parser makes of pieces that arrive one after another.
  private func read(_ pieces: [ArraySlice<UInt8>]) -> RawRequest.Outcome {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    var outcome = RawRequest.Outcome()
    for piece in pieces {
      piece.withUnsafeBytes { parser.append($0) }
      reading: while true {
        do {
          switch try parser.next() {
          case .starved: break reading
          case .head, .expectsContinue: break
          case .request(let head, let body):
            outcome.taken.append(
              RawRequest.Taken(method: head.method, target: head.target, body: body))
          }
        } catch {
          outcome.refusal = error.status
          return outcome
        }
      }
    }
    return outcome
  }

  @Test("the file of cases is there, with all of them")
  func file() { #expect(RawRequest.all.count >= 150) }

  @Test("reads a request whole", arguments: RawRequest.all)
  func whole(_ request: RawRequest) { #expect(read([request.bytes[...]]) == request.outcome) }

  @Test("reads a request byte by byte", arguments: RawRequest.all)
  func byteByByte(_ request: RawRequest) {
    #expect(read(request.bytes.indices.map { request.bytes[$0...$0] }) == request.outcome)
  }

  @Test("reads a body piece by piece as it reads it whole", arguments: RawRequest.all)
  func pieces(_ request: RawRequest) {
    for size in [1, 3, 65_536] {
      var parser = HTTPRequestParser(limits: HTTPLimits())
      var outcome = RawRequest.Outcome()
      var begun: HTTPRequestHead?
      var body: [UInt8] = []
      for start in stride(from: 0, to: request.bytes.count, by: size) where outcome.refusal == nil {
        let end = min(request.bytes.count, start + size)
        request.bytes[start..<end].withUnsafeBytes { parser.append($0) }
        do throws(HTTPRequestFailure) {
          reading: while true {
            if let head = begun {
              let piece = try parser.piece(of: 7)
              body += piece.bytes
              if piece.isLast {
                outcome.taken.append(
                  RawRequest.Taken(method: head.method, target: head.target, body: body))
                (begun, body) = (nil, [])
              } else if piece.bytes.isEmpty {
                break reading
              }
              continue
            }
            switch try parser.next() {
            case .starved, .expectsContinue: break reading
            case .head(let head): begun = head
            case .request(let head, let body):
              outcome.taken.append(
                RawRequest.Taken(method: head.method, target: head.target, body: body))
            }
          }
        } catch { outcome.refusal = error.status }
      }
      // No length is too much for a reader that takes pieces.
      if request.outcome.refusal != 413 { #expect(outcome == request.outcome, "by \(size)") }
    }
  }

  @Test("reads a request cut in two, at every place", arguments: RawRequest.all)
  func cut(_ request: RawRequest) {
    let bytes = request.bytes
    // Of the long ones every 97th place, and all near both ends.
    let places = bytes.indices.filter {
      bytes.count < 2000 || $0 % 97 == 0 || $0 < 100 || $0 > bytes.count - 100
    }
    for place in places {
      let outcome = read([bytes[..<place], bytes[place...]])
      if outcome != request.outcome {
        Issue.record("cut at \(place): \(outcome)")
        return
      }
    }
  }

  /// Names of the requests of real clients, kept as they were sent.
  static let recorded = Repository.files(below: "Tests/Golden/recorded", suffix: ".http")

  @Test("the recorded requests are there")
  func recordings() { #expect(Self.recorded.count >= 15) }

  @Test("reads what real clients sent, in every cut the same", arguments: recorded)
  func recordedRequest(path: String) throws {
    let bytes = try SafeFile.read("\(Repository.root)/\(path)")
    let whole = read([bytes[...]])
    #expect(whole.refusal == nil && whole.taken.count == 1)
    let line = String(decoding: bytes.prefix { $0 != 0x0D }, as: UTF8.self)
    #expect(line == "\(whole.taken[0].method) \(whole.taken[0].target) HTTP/1.1")
    #expect(read(bytes.indices.map { bytes[$0...$0] }) == whole)
    for place in bytes.indices where read([bytes[..<place], bytes[place...]]) != whole {
      Issue.record("cut at \(place)")
      return
    }
    // One after another on a connection, the second cut anywhere.
    let twice = read([(bytes + bytes)[...]])
    #expect(twice.taken == whole.taken + whole.taken)
  }

  @Test("asks for the body of a request that expects to be asked, once")
  func expectContinue() throws {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    let head =
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"
    Array(head.utf8).withUnsafeBytes { parser.append($0) }
    guard case .head = try parser.next() else {
      Issue.record("not told of")
      return
    }
    guard case .expectsContinue = try parser.next() else {
      Issue.record("not asked for")
      return
    }
    guard case .starved = try parser.next() else {
      Issue.record("asked for twice")
      return
    }
    [UInt8]([0x61, 0x62]).withUnsafeBytes { parser.append($0) }
    guard case .request(_, let body) = try parser.next() else {
      Issue.record("not taken")
      return
    }
    #expect(body == [0x61, 0x62])
  }

  @Test(
    "keeps a connection or not, as version and Connection say",
    arguments: [
      ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
      ("HTTP/1.1", "Connection: Foo, CLOSE\r\n", false),
      ("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", false),
      ("HTTP/1.0", "", false), ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
      ("HTTP/1.0", "Connection: keep-alive, close\r\n", false),
    ])
  func keepAlive(version: String, fields: String, expected: Bool) throws {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    Array("GET / \(version)\r\nHost: a\r\n\(fields)\r\n".utf8).withUnsafeBytes { parser.append($0) }
    guard case .request(let head, _) = try parser.next() else {
      Issue.record("not taken")
      return
    }
    #expect(head.keepsAlive == expected)
  }
}
