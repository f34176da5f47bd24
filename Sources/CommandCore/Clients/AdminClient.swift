import Glibc
package import HTTP
package import JSON
import Platform
package import PodIdentity

/// The admin port of one server.
package struct AdminClient: Sendable {
  /// The server whose admin port is asked, as the stack file names it.
  package let server: StackInfo.Server
  let token: String
  /// What the requests are sent by.
  package let http: HTTPClient

  /// Whether it is that of a server of this name.
  package func isOf(_ name: ServerName) -> Bool { server.service.bytes == name.rawValue.bytes }

  /// The pid and service that answer `/healthz`; nil where nobody does.
  package func health(timeout: Duration = .seconds(2)) async -> (service: String, pid: Int32)? {
    guard let json = try? await send("GET", "/healthz", timeout: timeout),
      let service = json["service"]?.string,
      let pid = json["pid"]?.integer.flatMap(Int32.init(exactly:))
    else { return nil }
    return (service, pid)
  }

  /// The events after a number.
  package func events(
    since number: Int = 0, timeout: Duration = .seconds(10)
  ) async throws(CommandFailure) -> [JSON] {
    let response = try await response("GET", "/events?since=\(number)", timeout: timeout)
    return response.body.split(separator: 0x0A).compactMap { try? JSON.parse(Array($0)) }
  }

  /// Events as they happen, after those that are there with a higher number.
  func follow(since number: Int = 0) async throws(CommandFailure) -> HTTPClientBody {
    try checkListener()
    guard let request = request("GET", "/events?follow=1&since=\(number)") else {
      throw CommandFailure("\(server.admin) is no address")
    }
    do { return try await http.stream(request, headTimeout: .seconds(5)).body } catch {
      throw CommandFailure("\(server.service): \(error)")
    }
  }

  /// Sends a request and returns the answer's JSON.
  package func send(
    _ method: String, _ path: String, body: JSON? = nil, timeout: Duration = .seconds(10)
  ) async throws(CommandFailure) -> JSON {
    let response = try await response(method, path, body: body, timeout: timeout)
    guard let json = response.json else {
      throw CommandFailure("\(server.service)'s admin port answers what is no JSON")
    }
    return json
  }

  /// Refuses to send the token to another user's program, which may have taken the port of a server
  /// that is gone.
  private func checkListener() throws(CommandFailure) {
    guard server.pid != 0, let place = HTTPURL(server.admin)?.place,
      let owner = ListeningSocket.owner(ofPort: place.port), owner != geteuid(), owner != 0
    else { return }
    throw CommandFailure(
      "\(server.service)'s admin port \(server.admin) is another user's (uid \(owner))")
  }

  private func request(_ method: String, _ path: String) -> HTTPClientRequest? {
    guard let url = HTTPURL(server.admin + path) else { return nil }
    return HTTPClientRequest(
      method: method, url: url, headers: ["Authorization": "Bearer \(token)"])
  }

  private func response(
    _ method: String, _ path: String, body: JSON? = nil, timeout: Duration = .seconds(10)
  ) async throws(CommandFailure) -> HTTPClientResponse {
    guard var request = request(method, path) else {
      throw CommandFailure("\(server.admin) is no address")
    }
    try checkListener()
    if let body { request.body = body.bytes() }
    let response: HTTPClientResponse
    do { response = try await http.send(request, timeout: timeout) } catch {
      throw CommandFailure("\(server.service)'s admin port \(server.admin): \(error)")
    }
    guard (200...201).contains(response.status) else {
      let message = response.json?["message"]?.string ?? "it answers \(response.status)"
      throw CommandFailure(
        "\(server.service)'s admin port: \(message)", status: response.status)
    }
    return response
  }
}

extension [AdminClient] {
  /// Removes the faults of all servers.
  package func clearFaults() async throws(CommandFailure) {
    for admin in self { _ = try await admin.send("DELETE", "/faults") }
  }
}

extension Collection<AdminClient> {
  /// That of one server.
  package func server(_ name: ServerName) -> AdminClient? { first { $0.isOf(name) } }
}
