import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import Console

/// What the console answers behind its door.
@Suite(.timeLimit(.minutes(10))) struct ConsoleRoutesTests {
  private static let loops = EventLoops(count: 1)

  private func routes() throws -> ConsoleRoutes {
    let access = StackAccess(environment: ProcessEnvironment([:]), loops: Self.loops)
    let hub = ConsoleHub(stack: try StackInfo(json: SampleStack.json, path: "/stack.json"))
    return ConsoleRoutes(base: "/base/", hub: hub, faults: ConsoleFaults(access: access))
  }

  @Test(
    "the page and its parts are read below the secret folder, and faults are posted",
    arguments: [
      ("GET", "/base/", 200, "text/html; charset=utf-8", nil),
      ("HEAD", "/base/", 200, "text/html; charset=utf-8", nil),
      ("GET", "/base/console.css", 200, "text/css; charset=utf-8", nil),
      ("GET", "/base/console.js", 200, "text/javascript; charset=utf-8", nil),
      ("GET", "/base/icon.svg", 200, "image/svg+xml", nil),
      ("GET", "/base/events", 200, "text/event-stream", nil),
      ("POST", "/base/", 405, "text/plain; charset=utf-8", "GET, HEAD"),
      ("POST", "/base/events", 405, "text/plain; charset=utf-8", "GET, HEAD"),
      ("GET", "/base/nothing", 404, "text/plain; charset=utf-8", nil),
      ("GET", "/console.js", 404, "text/plain; charset=utf-8", nil),
      ("GET", "/", 404, "text/plain; charset=utf-8", nil),
      ("GET", "/base/faults/throttle", 405, "text/plain; charset=utf-8", "POST"),
      ("GET", "/base/faults/clear", 405, "text/plain; charset=utf-8", "POST"),
      ("POST", "/base/faults/nosuch", 404, "text/plain; charset=utf-8", nil),
      // The stack of this test has no servers.
      ("POST", "/base/faults/clear", 502, "application/json", nil),
    ] as [(String, String, Int, String, String?)])
  func answers(
    method: String, target: String, status: Int, type: String, allowed: String?
  ) async throws {
    let answer = try await routes().respond(to: HTTPRequest(method: method, target: target))
    #expect(answer.status == status)
    #expect(answer.headers["Content-Type"] == type)
    #expect(answer.headers["Allow"] == allowed)
  }

  @Test("clearing is for all servers, and says why it could not be done")
  func clear() async throws {
    let answer = try await routes().respond(
      to: HTTPRequest(method: "POST", target: "/base/faults/clear"))
    let message = try JSON.parse(answer.bodyBytes)["message"]?.string
    #expect(message == " is no address")
  }

  @Test("every answer keeps other origins away")
  func headers() {
    let answer = ConsoleHeaders.hardened(.text(404, ""))
    #expect(answer.headers["Cross-Origin-Opener-Policy"] == "same-origin")
    #expect(answer.headers["Cross-Origin-Resource-Policy"] == "same-origin")
    #expect(answer.status == 404)
  }
}
