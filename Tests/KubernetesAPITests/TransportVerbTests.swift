import HTTP
import HTTPTestSupport
import JSON
import TestSupport
import Testing

@testable import KubernetesAPI

/// Every verb, at the handler and over the wire.
@Suite(.timeLimit(.minutes(10))) struct TransportVerbTests {
  private static let maps = "/api/v1/namespaces/default/configmaps"
  private static let map = "\(maps)/m"

  /// Runs a body with a cluster whose requests go by a transport.
  private func withWorld(
    _ transport: TestTransport, limits: HTTPLimits = HTTPLimits(),
    _ body: (EndpointWorld, TestClient) async throws -> Void
  ) async throws {
    let world = try await EndpointWorld()
    try await transport.serve(HTTPGuard(next: world.handler), limits: limits) { client in
      var world = world
      world.handler = client
      try await body(world, client)
      if transport == .live { #expect(client.connectionCount > 0) }
    }
  }

  private func request(
    _ method: String, _ target: String, _ fields: HTTPHeaders = [:], body: [UInt8] = []
  ) -> HTTPRequest {
    var request = HTTPRequest(method: method, target: target, headers: fields, body: body)
    request.headers["Authorization"] = "Bearer admin-token"
    return request
  }

  @Test("each verb answers with its status and its object", arguments: TestTransport.allCases)
  func verbs(transport: TestTransport) async throws {
    try await withWorld(transport) { world, client in
      let made = await world.send(
        "POST", Self.maps, ["metadata": ["name": "m"], "data": ["é": "a\u{0}b"]])
      #expect(made.status == 422)
      let created = await world.send(
        "POST", Self.maps, ["metadata": ["name": "m"], "data": ["a": "é\u{0}"]])
      #expect(created.status == 201)
      #expect(created.json.at("data", "a") == "é\u{0}")
      #expect(await world.send("GET", Self.map).json == created.json)
      let list = await world.send("GET", "\(Self.maps)?limit=1&labelSelector=")
      #expect(list.json["kind"] == "ConfigMapList" && list.json["items"]?.array?.count == 1)
      let replaced = await world.send(
        "PUT", Self.map, ["metadata": ["name": "m"], "data": ["a": "2"]])
      #expect(replaced.status == 200 && replaced.json.at("data", "a") == "2")
      let patched = await world.send(
        "PATCH", Self.map, ["data": ["b": "3"]], type: "application/merge-patch+json")
      #expect(patched.json["data"] == ["a": "2", "b": "3"])
      let deleted = await world.send("DELETE", Self.map)
      #expect(deleted.status == 200 && deleted.json["status"] == "Success")
      for name in ["x", "y"] {
        _ = await world.send("POST", Self.maps, ["metadata": ["name": .string(name)]])
      }
      let swept = await world.send("DELETE", Self.maps)
      #expect(swept.status == 200 && swept.json["items"]?.array?.count == 2)
      #expect(await world.send("GET", Self.maps).json["items"]?.array?.count == 0)
      if transport == .live { #expect(client.connectionCount == 1) }
    }
  }

  @Test(
    "status, tokens and reviews are written at their own paths", arguments: TestTransport.allCases)
  func subresources(transport: TestTransport) async throws {
    try await withWorld(transport) { world, _ in
      let node = await world.send("POST", "/api/v1/nodes", ["metadata": ["name": "n"]])
      #expect(node.status == 201)
      let status = await world.send(
        "PATCH", "/api/v1/nodes/n/status", ["status": ["phase": "Running"]],
        type: "application/merge-patch+json")
      #expect(status.status == 200 && status.json.at("status", "phase") == "Running")
      let review = await world.send(
        "POST", "/apis/authentication.k8s.io/v1/tokenreviews",
        ["kind": "TokenReview", "spec": ["token": "nosuch"]])
      #expect(review.status == 201 && review.json.at("status", "authenticated") != true)
    }
  }

  @Test("errors are Status objects, whatever carries them", arguments: TestTransport.allCases)
  func errors(transport: TestTransport) async throws {
    try await withWorld(transport) { world, client in
      _ = await world.send("POST", Self.maps, ["metadata": ["name": "m"]])
      let cases: [(String, String, JSON?, String, Int, String)] = [
        ("GET", "\(Self.maps)/none", nil, "admin-token", 404, "NotFound"),
        ("POST", Self.maps, ["metadata": ["name": "m"]], "admin-token", 409, "AlreadyExists"),
        ("POST", Self.maps, ["metadata": ["name": "É"]], "admin-token", 422, "Invalid"),
        ("GET", Self.maps, nil, "wrong", 401, "Unauthorized"),
        ("POST", Self.map, [:], "admin-token", 405, "MethodNotAllowed"),
        ("GET", "\(Self.maps)?limit=x", nil, "admin-token", 400, "BadRequest"),
      ]
      for (method, target, body, token, status, reason) in cases {
        let answer = await world.send(method, target, body, token: token)
        #expect(answer.status == status, "\(method) \(target)")
        #expect(answer.json["kind"] == "Status", "\(method) \(target)")
        #expect(answer.json["reason"]?.string == reason, "\(method) \(target)")
      }
      let unread = await world.send("POST", Self.maps, text: "{")
      #expect(unread.status == 400)
      let type = await world.send("POST", Self.maps, [:], type: "text/x")
      #expect(type.status == 415)
      if transport == .live { #expect(client.connectionCount == 1) }
    }
  }

  @Test("HEAD has the fields of GET and no body", arguments: TestTransport.allCases)
  func head(transport: TestTransport) async throws {
    try await withWorld(transport) { world, client in
      for target in ["/version", "/api", "/healthz", "/nosuch"] {
        let get = await client.exchange(request("GET", target))
        let head = await client.exchange(request("HEAD", target))
        #expect(head.response.status == get.response.status, "\(target)")
        #expect(head.response.bodyBytes.isEmpty, "\(target)")
        #expect(
          head.response.headers["Content-Type"] == get.response.headers["Content-Type"],
          "\(target)")
        #expect(get.length == get.response.bodyBytes.count, "\(target)")
        #expect(head.length == get.length, "\(target)")
      }
      // Nothing of a body was left on the connection.
      #expect(await world.send("GET", "/version").status == 200)
      if transport == .live { #expect(client.connectionCount == 1) }
    }
  }

  @Test(
    "a warning, and a page that goes on, come with their fields", arguments: TestTransport.allCases)
  func fields(transport: TestTransport) async throws {
    try await withWorld(transport) { world, client in
      let warned = await world.send(
        "POST", "\(Self.maps)?fieldValidation=Warn",
        ["metadata": ["name": "m"], "nosuch": "é \"x\""])
      #expect(warned.status == 201)
      #expect(warned.warnings == [#"299 - "unknown field \"nosuch\"""#])
      let answer = await client.respond(to: request("GET", "/version"))
      #expect(answer.headers["Content-Type"] == "application/json")
      let denied = await client.respond(
        to: HTTPRequest(method: "GET", target: "/version", headers: ["Host": "evil.test"]))
      #expect(denied.status == 403)
    }
  }

  @Test(
    "a body that is too long is refused before it is read, and the next request is served",
    arguments: TestTransport.allCases)
  func tooLong(transport: TestTransport) async throws {
    try await withWorld(transport, limits: HTTPLimits(body: 1000)) { world, client in
      let long = await client.respond(
        to: request("POST", Self.maps, body: [UInt8](repeating: 0x20, count: 1_000_000)))
      #expect(long.status == 413)
      #expect(String(decoding: long.bodyBytes, as: UTF8.self) == "413 Request Entity Too Large")
      #expect(await world.send("GET", "/version").status == 200)
      // The connection of the refused body was ended.
      if transport == .live { #expect(client.connectionCount == 2) }
    }
  }

  @Test(
    "a watch tells line by line, and ends with its reader", arguments: TestTransport.allCases)
  func watch(transport: TestTransport) async throws {
    try await withWorld(transport) { world, client in
      let stream = try #require(
        await client.stream(request("GET", "\(Self.maps)?watch=true&resourceVersion=0")))
      #expect(stream.status == 200 && stream.headers["Content-Type"] == "application/json")
      let reader = Task {
        var lines: [String] = []
        for await line in stream.lines {
          let event = try JSON.parse(Array(line.utf8))
          let name = event.at("object", "metadata", "name")?.string ?? ""
          lines.append("\(event["type"]?.string ?? "") \(name)")
          if lines.count == 3 { break }
        }
        return lines
      }
      let big = String(repeating: "x", count: 200_000)
      _ = await world.send(
        "POST", Self.maps, ["metadata": ["name": "m"], "data": ["a": .string(big)]])
      _ = await world.send("PUT", Self.map, ["metadata": ["name": "m"], "data": ["a": "é"]])
      _ = await world.send("DELETE", Self.map)
      #expect(try await reader.value == ["ADDED m", "MODIFIED m", "DELETED m"])
      stream.hangUp()
      await eventually { world.cluster.store.followerCount(of: .configMaps) == 0 }
    }
  }
}
