import JSON
import Platform
import Testing

@testable import AdminAPI
@testable import HTTP

/// Whose doing a request is, by the mark that only the stack can make.
@Suite struct StackMarkTests {
  private let mark = StackMark(adminToken: "secret-token")

  private func request(_ headers: HTTPHeaders) -> HTTPRequest {
    HTTPRequest(method: "GET", target: "/", headers: headers, local: "127.0.0.1:1")
  }

  private func sent(_ origin: EventOrigin, by mark: StackMark) throws -> HTTPHeaders {
    let url = try #require(HTTPURL("http://127.0.0.1:1/"))
    var request = HTTPClientRequest(method: "GET", url: url)
    EventOrigin.$current.withValue(origin) { mark.put(on: &request) }
    return request.headers
  }

  @Test("the stack's own calls are known, and an app's carry nothing")
  func own() throws {
    #expect(mark.origin(of: request(try sent(.stack, by: mark))) == .stack)
    #expect(try sent(.app, by: mark).fields.isEmpty)
    #expect(mark.origin(of: request([:])) == .app)
  }

  @Test("what an app can write hides nothing", arguments: ["", "stack", "secret-token", "0"])
  func forged(value: String) throws {
    #expect(mark.origin(of: request([StackMark.header: value])) == .app)
    let other = StackMark(adminToken: "another-token")
    #expect(mark.origin(of: request(try sent(.stack, by: other))) == .app)
    // Nor what is read off a pod of the stack's.
    #expect(mark.origin(of: request([StackMark.header: mark.proof(of: "default/p")])) == .app)
  }

  @Test("a mark does not hold the admin token")
  func noSecret() throws {
    let value = try #require(try sent(.stack, by: mark)[StackMark.header])
    #expect(!value.contains("secret-token") && value.utf8.count == 64)
  }

  @Test("the proof for one pod is none for another")
  func proofs() {
    let proof = mark.proof(of: "default/p")
    #expect(mark.isProof(proof, of: "default/p"))
    #expect(!mark.isProof(proof, of: "default/q"))
    #expect(!mark.isProof("", of: "default/p"))
    #expect(!StackMark(adminToken: "another-token").isProof(proof, of: "default/p"))
  }

  /// Tells whose doing it takes its request for.
  private struct Teller: HTTPHandler {
    func immediateResponse(to request: HTTPRequest) -> HTTPResponse? {
      request.target.bytes == "/now" ? answer : nil
    }
    func respond(to request: HTTPRequest) async -> HTTPResponse { answer }
    private var answer: HTTPResponse { .text(200, Event(operation: "x").origin.rawValue) }
  }

  @Test("events of a request have its origin, and those after it have their own")
  func reader() async throws {
    let reader = OriginReader(mark: mark, next: Teller())
    for (headers, expected) in [(try sent(.stack, by: mark), "stack"), ([:], "app")] {
      let later = await reader.respond(to: request(headers))
      #expect(String(decoding: later.bodyBytes, as: UTF8.self) == expected)
      let now = HTTPRequest(method: "GET", target: "/now", headers: headers, local: "127.0.0.1:1")
      let answer = try #require(reader.immediateResponse(to: now))
      #expect(String(decoding: answer.bodyBytes, as: UTF8.self) == expected)
      #expect(Event(operation: "y").origin == .app)
    }
  }
}
