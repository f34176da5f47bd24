import HTTP
import JSON
import Platform

/// The admin port of one server.
struct AdminClient: Sendable {
  let server: StackInfo.Server
  let token: String
  let http: HTTPClient

  /// The pid and service that answer `/healthz`; nil where nobody does.
  func health(timeout: Duration = .seconds(2)) async -> (service: String, pid: Int32)? {
    guard let json = try? await send("GET", "/healthz", timeout: timeout),
      let service = json["service"]?.string, let pid = json["pid"]?.integer
    else { return nil }
    return (service, Int32(pid))
  }

  /// The events after a number.
  func events(
    since number: Int = 0, timeout: Duration = .seconds(10)
  ) async throws(CommandFailure) -> [JSON] {
    let response = try await response("GET", "/events?since=\(number)", timeout: timeout)
    return response.body.split(separator: 0x0A).compactMap { try? JSON.parse(Array($0)) }
  }

  /// Events as they happen, after those that are there.
  func follow() async throws(CommandFailure) -> AsyncThrowingStream<[UInt8], any Error> {
    guard let request = request("GET", "/events?follow=1") else {
      throw CommandFailure("\(server.admin) is no address")
    }
    do { return try await http.stream(request, headTimeout: .seconds(5)).body } catch {
      throw CommandFailure("\(server.service): \(error)")
    }
  }

  /// Sends a request and returns the answer's JSON.
  func send(
    _ method: String, _ path: String, body: JSON? = nil, timeout: Duration = .seconds(10)
  ) async throws(CommandFailure) -> JSON {
    let response = try await response(method, path, body: body, timeout: timeout)
    guard let json = response.json else {
      throw CommandFailure("\(server.service)'s admin port answers what is no JSON")
    }
    return json
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
  func clearFaults() async throws(CommandFailure) {
    for admin in self { _ = try await admin.send("DELETE", "/faults") }
  }
}

extension CommandContext {
  /// The admin ports of a stack.
  func admins(_ stack: StackInfo) -> [AdminClient] {
    stack.servers.map { AdminClient(server: $0, token: stack.adminToken, http: http) }
  }
}
