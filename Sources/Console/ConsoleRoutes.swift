import CommandCore
import HTTP
import JSON
import Platform

/// What the console answers once the door is open: the page, its parts, what happens, the faults.
package struct ConsoleRoutes: HTTPHandler {
  /// The folder that all paths are below.
  let base: String
  let hub: ConsoleHub
  let faults: ConsoleFaults

  /// What is answered below a folder.
  package init(base: String, hub: ConsoleHub, faults: ConsoleFaults) {
    self.base = base
    self.hub = hub
    self.faults = faults
  }

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    guard let path = request.rawPath.bytes.without(prefix: base.bytes).map(String.init) else {
      return .text(404, "nothing is here\n")
    }
    if let name = Self.faultName(path), ConsoleFaults.knows(name) {
      guard request.method.bytes == "POST" else { return Self.notAllowed("POST") }
      return await setFault(name)
    }
    guard let answer = page(path) else { return .text(404, "there is no \(path) here\n") }
    guard request.method.bytes == "GET" || request.method.bytes == "HEAD" else {
      return Self.notAllowed("GET, HEAD")
    }
    return answer
  }

  private func page(_ path: String) -> HTTPResponse? {
    switch path.bytes {
    case "": .text(200, ConsolePage.html, contentType: "text/html; charset=utf-8")
    case "console.css": .text(200, ConsolePage.css, contentType: "text/css; charset=utf-8")
    case "console.js":
      .text(200, ConsolePage.script, contentType: "text/javascript; charset=utf-8")
    case "icon.svg": .text(200, ConsolePage.icon, contentType: "image/svg+xml")
    case "events": events
    default: nil
    }
  }

  /// Server-sent events (HTML standard section 9.2): the picture as it is, then each change.
  private var events: HTTPResponse {
    let hub = hub
    return HTTPResponse(
      status: 200, headers: ["Content-Type": "text/event-stream"],
      body: .stream(length: nil) { writer in
        // So soon does a browser ask again that lost the console.
        try await writer.write(Array("retry: 1000\n\n".utf8))
        for await message in hub.follow() { try await writer.write(message) }
      })
  }

  /// `throttle` of `faults/throttle`.
  private static func faultName(_ path: String) -> String? {
    path.bytes.without(prefix: "faults/").map(String.init)
  }

  private func setFault(_ name: String) async -> HTTPResponse {
    do throws(CommandFailure) {
      let text = try await faults.press(name, at: hub.stack)
      hub.set("faults", await faults.active(at: hub.stack))
      return .json(200, ["message": .string(text)])
    } catch {
      return .json(502, ["message": .string("\(error)")])
    }
  }

  private static func notAllowed(_ methods: String) -> HTTPResponse {
    var response = HTTPResponse.text(405, "allowed here: \(methods)\n")
    response.headers["Allow"] = methods
    return response
  }
}
