import Cryptography
import HTTP
import Platform
import Testing

/// A server and a client in one process, over loopback.
@Suite(.timeLimit(.minutes(10))) struct ServerTests {
  let loops = EventLoops(count: 2)

  private func start(
    tls: TLSServerContext? = nil, _ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
  ) throws -> HTTPServer {
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)], tls: tls),
      loops: loops, handler: ClosureHandler(answer))
    try server.start()
    return server
  }

  private func url(_ server: HTTPServer, _ target: String = "/") throws -> HTTPURL {
    try #require(HTTPURL(server.urls[0] + target))
  }

  @Test("answers requests on kept connections, with bodies both ways")
  func echo() async throws {
    let server = try start { request in
      HTTPResponse(status: 200, headers: ["X-Target": request.target], body: .bytes(request.body))
    }
    let client = HTTPClient(loops: loops)
    for size in [0, 1, 1000, 300_000] {
      let body = [UInt8](repeating: 7, count: size)
      let answer = try await client.send(
        HTTPClientRequest(method: "POST", url: try url(server, "/a?b"), body: body))
      #expect(answer.status == 200)
      #expect(answer.headers["x-target"] == "/a?b")
      #expect(answer.body == body)
    }
    await server.stop(grace: .seconds(1))
  }

  @Test("streams answers in chunks and of a known length")
  func streams() async throws {
    let server = try start { request in
      HTTPResponse(
        status: 200,
        body: .stream(length: request.target == "/fixed" ? 600_000 : nil) { writer in
          for _ in 0..<6 { try await writer.write([UInt8](repeating: 1, count: 100_000)) }
        })
    }
    let client = HTTPClient(loops: loops)
    for target in ["/fixed", "/chunked"] {
      let answer = try await client.send(HTTPClientRequest(url: try url(server, target)))
      #expect(answer.body.count == 600_000)
    }
    let stream = try await client.stream(HTTPClientRequest(url: try url(server, "/chunked")))
    var count = 0
    for try await piece in stream.body { count += piece.count }
    #expect(count == 600_000)
    await server.stop(grace: .seconds(1))
  }

  @Test("speaks TLS with a certificate of the stack's own authority, and refuses another")
  func tls() async throws {
    let now = SystemClock().now
    func authority() throws -> CertificateAuthority {
      try .make(
        name: "test", key: try PrivateKey.generate(.p256), now: now, randomness: .system)
    }
    let own = try authority()
    let key = try PrivateKey.generate(.p256)
    let certificate = try own.issueServer(
      names: ["localhost", "127.0.0.1"], publicKey: key.publicKey, now: now,
      lifetime: .seconds(3600), randomness: .system)
    let server = try start(tls: try TLSServerContext(certificatePEM: certificate, keyPEM: key.pem))
    { request in HTTPResponse(status: 200, body: .bytes(request.body)) }
    let trusting = HTTPClient(
      loops: loops, tls: try TLSClientContext(authoritiesPEM: own.certificatePEM))
    let body = [UInt8](repeating: 9, count: 200_000)
    for _ in 0..<3 {
      let answer = try await trusting.send(
        HTTPClientRequest(method: "PUT", url: try url(server), body: body))
      #expect(answer.body == body)
    }
    let stranger = HTTPClient(
      loops: loops, tls: try TLSClientContext(authoritiesPEM: try authority().certificatePEM))
    let address = try url(server)
    let error = await #expect(throws: HTTPClientError.self) {
      try await stranger.send(HTTPClientRequest(url: address))
    }
    #expect(error?.description.contains("certificate refused") == true)
    await server.stop(grace: .seconds(1))
  }

  @Test("a new certificate is shown to new connections, the old ones go on")
  func reload() async throws {
    let now = SystemClock().now
    func issued() throws -> (authority: String, certificate: String, key: String) {
      let key = try PrivateKey.generate(.p256)
      let authority = try CertificateAuthority.make(
        name: "test", key: try PrivateKey.generate(.p256), now: now, randomness: .system)
      let certificate = try authority.issueServer(
        names: ["localhost", "127.0.0.1"], publicKey: key.publicKey, now: now,
        lifetime: .seconds(3600),
        randomness: .system)
      return (authority.certificatePEM, certificate, key.pem)
    }
    let (old, new) = (try issued(), try issued())
    let context = try TLSServerContext(certificatePEM: old.certificate, keyPEM: old.key)
    let server = try start(tls: context) { _ in HTTPResponse(status: 200) }
    let address = try url(server)
    let early = HTTPClient(
      loops: loops, tls: try TLSClientContext(authoritiesPEM: old.authority))
    #expect(try await early.send(HTTPClientRequest(url: address)).status == 200)
    #expect(throws: CryptographyError.self) {
      try context.reload(certificatePEM: new.certificate, keyPEM: old.key)
    }
    try context.reload(certificatePEM: new.certificate, keyPEM: new.key)
    let late = HTTPClient(loops: loops, tls: try TLSClientContext(authoritiesPEM: new.authority))
    #expect(try await late.send(HTTPClientRequest(url: address)).status == 200)
    // Its connection was kept.
    #expect(try await early.send(HTTPClientRequest(url: address)).status == 200)
    await server.stop(grace: .seconds(1))
  }

  @Test("names a taken address")
  func taken() async throws {
    let server = try start { _ in HTTPResponse(status: 200) }
    let second = HTTPServer(
      HTTPServerConfiguration(listen: server.addresses), loops: loops,
      handler: ClosureHandler { _ in HTTPResponse(status: 200) })
    let error = #expect(throws: HTTPServerError.self) { try second.start() }
    #expect(error == .addressTaken(server.addresses[0]))
    await server.stop(grace: .zero)
  }

  @Test("a client is told that nobody listens, that time is up, that an address is not here")
  func failures() async throws {
    let server = try start { _ in
      try? await Task.sleep(for: .seconds(5))
      return HTTPResponse(status: 200)
    }
    let client = HTTPClient(loops: loops)
    let address = try url(server)
    await #expect(throws: HTTPClientError.timedOut) {
      try await client.send(HTTPClientRequest(url: address), timeout: .milliseconds(50))
    }
    let foreign = try #require(HTTPURL("http://169.254.170.23/v1/credentials"))
    await #expect(throws: HTTPClientError.refusedAddress("169.254.170.23")) {
      try await client.send(HTTPClientRequest(url: foreign))
    }
    await server.stop(grace: .zero)
    await #expect(throws: HTTPClientError.self) {
      try await client.send(HTTPClientRequest(url: address))
    }
  }
}
