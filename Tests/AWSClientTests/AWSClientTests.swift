import AWSClient
import AWSWire
import HTTP
import JSON
import Platform
import Synchronization
import Testing

/// Calls, at a server whose answers are given.
@Suite(.timeLimit(.minutes(10))) struct AWSClientTests {
  /// Runs `body` with a client of a server.
  private func calling(
    _ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse,
    _ body: (AWSClient) async throws -> Void
  ) async throws {
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { answer($0) })
    try server.start()
    let client = AWSClient(
      http: HTTPClient(loops: loops), endpoint: try #require(HTTPURL(server.urls[0])),
      region: "eu-west-1",
      key: .fixed(AWSCredentials(accessKeyID: "AKIA", secretAccessKey: "secret")),
      clock: SystemClock(), mark: { $0.headers["X-Mark"] = "1" })
    let result: Result<Void, any Error>
    do { result = .success(try await body(client)) } catch { result = .failure(error) }
    await server.stop(grace: .zero)
    loops.stop()
    try result.get()
  }

  @Test("a call is marked and signed, and S3's names its body's hash", arguments: ["eks", "s3"])
  func signs(service: String) async throws {
    let seen = Mutex<HTTPHeaders?>(nil)
    try await calling { request in
      seen.withLock { $0 = request.headers }
      return .json(200, [:])
    } _: { client in
      _ = try await client.send(
        HTTPClientRequest(method: "GET", url: client.endpoint.with(target: "/")), to: service)
    }
    let headers = try #require(seen.withLock { $0 })
    let authorization = try #require(headers["Authorization"])
    #expect(authorization.contains("Credential=AKIA/"))
    #expect(authorization.contains("/eu-west-1/\(service)/aws4_request"))
    #expect(authorization.contains("x-mark"))
    #expect((headers["X-Amz-Content-Sha256"] != nil) == (service == "s3"))
  }

  @Test("a list is read page by page")
  func pages() async throws {
    try await calling { request in
      let token = request.query["nextToken"]
      return .json(
        200,
        token == nil
          ? ["clusters": ["a", "b"], "nextToken": "more/"]
          : ["clusters": [.string(token ?? "")], "nextToken": .null])
    } _: { client in
      let found = try await client.list("eks", "/clusters", of: "clusters")
      #expect(found == ["a", "b", "more/"])
    }
  }

  @Test(
    "what is no list of that name is a failure, not an empty one",
    arguments: ["", "garbage", "{}", "{\"clusters\":1}"])
  func strange(body: String) async throws {
    try await calling { _ in
      .text(200, body)
    } _: { client in
      let error = await #expect(throws: AWSFailure.self) {
        try await client.list("eks", "/clusters", of: "clusters")
      }
      #expect(error?.code == "" && error?.status == 200)
    }
  }

  @Test("IAM's refusals are read in XML, and that there is no such thing is no failure where asked")
  func query() async throws {
    let forms = Mutex<[String]>([])
    try await calling { request in
      forms.withLock { $0.append(String(decoding: request.body, as: UTF8.self)) }
      return .text(404, "<Error><Code>NoSuchEntity</Code><Message>a &amp; b</Message></Error>")
    } _: { client in
      let role = try await client.iamIfThere("GetRole", [("RoleName", "a b")])
      #expect(role == nil)
      let error = await #expect(throws: AWSFailure.self) { try await client.iam("GetRole", []) }
      #expect(error?.description == "NoSuchEntity: a & b" && error?.status == 404)
    }
    #expect(
      forms.withLock { $0 } == [
        "Action=GetRole&Version=2010-05-08&RoleName=a%20b", "Action=GetRole&Version=2010-05-08",
      ])
  }

  @Test("where nobody answers there is no code, and the address is named")
  func unanswered() async throws {
    let loops = EventLoops(count: 1)
    let client = AWSClient(
      http: HTTPClient(loops: loops), endpoint: try #require(HTTPURL("http://127.0.0.1:1")),
      region: "r", key: .fixed(AWSCredentials(accessKeyID: "a", secretAccessKey: "s")),
      clock: SystemClock())
    let error = await #expect(throws: AWSFailure.self) { try await client.rest("eks", "GET", "/") }
    #expect(error?.code == "" && error?.status == 0)
    #expect(error?.description.contains("http://127.0.0.1:1") == true)
    loops.stop()
  }
}
